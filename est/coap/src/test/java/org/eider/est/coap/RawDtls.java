package org.eider.est.coap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.UdpEndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eider.pki.Credential;
import org.eider.wire.Octets;

/** A DTLS client that sends what it is told, CoAP or not. */
final class RawDtls implements AutoCloseable {
  private final DTLSConnector connector;
  private final InetSocketAddress server;
  private final BlockingQueue<Octets> received = new LinkedBlockingQueue<>();

  RawDtls(InetSocketAddress server, Credential credential, UnaryOperator<Configuration> settings) throws IOException {
    this(server, credential, settings, InetAddress.getLoopbackAddress());
  }

  RawDtls(InetSocketAddress server, Credential credential, UnaryOperator<Configuration> settings, InetAddress from) throws IOException {
    this.server = server;
    Configuration base = Dtls.configuration(DtlsRole.CLIENT_ONLY)
        .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0).set(DtlsConfig.DTLS_MAX_CONNECTIONS, 1)
        .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1);
    this.connector = new DTLSConnector(DtlsConnectorConfig.builder(settings.apply(base))
        .setAddress(new InetSocketAddress(from, 0))
        .setCertificateIdentityProvider(new OwnCertificate(connection -> credential))
        .setAdvancedCertificateVerifier(new PeerCertificates((connection, chain) -> chain))
        .build());
    connector.setEndpointContextMatcher(new UdpEndpointContextMatcher(false));
    connector.setRawDataReceiver(raw -> received.add(Octets.of(raw.getBytes())));
    connector.start();
  }

  static RawDtls to(CoapsServer server) throws IOException {
    return new RawDtls(server.address(), Site.PLEDGE, settings -> settings);
  }

  void send(byte[] message) {
    connector.send(RawData.outbound(message, new AddressEndpointContext(server), null, false));
  }

  void send(String hex) throws Exception {
    send(Octets.hex(hex).toArray());
  }

  /** The next message, in hexadecimal digits. */
  Optional<String> receive(int millis) throws InterruptedException {
    return Optional.ofNullable(received.poll(millis, TimeUnit.MILLISECONDS)).map(Octets::hex);
  }

  String receive() throws InterruptedException {
    return receive(5000).orElse("nothing");
  }

  /** Sends one message and tells the code of the next one that comes: {@code 4.02}. */
  String ask(String hex) throws Exception {
    send(hex);
    return code(receive());
  }

  static String code(String message) {
    int octet = message.equals("nothing") ? 0 : Integer.parseInt(message.substring(2, 4), 16);
    return message.equals("nothing") ? message : (octet >> 5) + "." + String.format("%02d", octet & 31);
  }

  @Override
  public void close() {
    Dtls.farewell(connector, java.time.Duration.ofMillis(500));
    connector.destroy();
  }
}
