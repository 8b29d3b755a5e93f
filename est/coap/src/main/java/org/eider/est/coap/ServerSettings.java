package org.eider.est.coap;

import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;

/** Californium's settings for a server, each with its reason. */
final class ServerSettings {
  /** Octets of a block: with its header and DTLS's it stays below the assumed path MTU of 1024. */
  static final int BLOCK = 512;

  /** What every link passes on (RFC 8200 section 5). */
  private static final int LEAST_MTU = 1280;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private ServerSettings() {}

  static Configuration of(CoapsConfig config) {
    Configuration settings = Dtls.configuration(DtlsRole.SERVER_ONLY);
    dtls(settings);
    coap(settings, config.limits());
    config.relayed().ifPresent(relayed -> settings.set(DtlsConfig.DTLS_MAX_TRANSMISSION_UNIT,
        Math.min(Dtls.MTU, LEAST_MTU - relayed.framing().overhead())));
    return settings;
  }

  private static void dtls(Configuration settings) {
    settings
        .set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED)
        // RFC 6347 section 4.2.1: a cookie before anything is kept or computed.
        .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true)
        .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, Dtls.CONNECTION_ID)
        // A newer record of a session from another address moves the session there, older or replayed ones do not.
        .set(DtlsConfig.DTLS_UPDATE_ADDRESS_USING_CID_ON_NEWER_RECORDS, true)
        // How many sessions there are is for Handshakes to say. This says how many ClientHellos of the past two minutes are remembered,
        // finished and failed ones, beyond which nobody would be let in: 2000 handshakes a second.
        .set(DtlsConfig.DTLS_MAX_CONNECTIONS, 240_000)
        // Handshakes compute, receiving does not: one thread reads the socket, and as many as there are cores compute.
        .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
        .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, CORES)
        // Datagrams that wait for a thread: beyond it they are dropped, and their senders repeat them.
        .set(DtlsConfig.DTLS_MAX_PENDING_INBOUND_JOBS, 4096)
        .set(DtlsConfig.DTLS_MAX_PENDING_OUTBOUND_JOBS, 4096)
        .set(DtlsConfig.DTLS_MAX_DEFERRED_INBOUND_RECORDS_SIZE, 4096)
        // Some hundred clients begin at once: what they send has to lie somewhere until it is read.
        .set(DtlsConfig.DTLS_RECEIVE_BUFFER_SIZE, 1 << 20)
        .set(DtlsConfig.DTLS_SEND_BUFFER_SIZE, 1 << 19);
  }

  private static void coap(Configuration settings, CoapsConfig.Limits limits) {
    settings
        .set(CoapConfig.PREFERRED_BLOCK_SIZE, BLOCK)
        .set(CoapConfig.MAX_MESSAGE_SIZE, BLOCK)
        // Routes say less; this is for answers.
        .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 256 * 1024)
        .set(CoapConfig.BLOCKWISE_STATUS_LIFETIME, (int) Transfers.LIFETIME_SECONDS, TimeUnit.SECONDS)
        .set(CoapConfig.BLOCKWISE_STATUS_INTERVAL, 5, TimeUnit.SECONDS)
        .set(CoapConfig.MAX_ACTIVE_PEERS, limits.sessions())
        // A client has one request outstanding, so that only its last ones can come again; Californium would keep all of them for four
        // minutes. The last retransmission is sent after 45 s (RFC 7252 section 4.8.2, MAX_TRANSMIT_SPAN).
        .set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP)
        .set(CoapConfig.PEERS_MARK_AND_SWEEP_MESSAGES, 4)
        .set(CoapConfig.EXCHANGE_LIFETIME, 50, TimeUnit.SECONDS)
        // Of a request that was answered, its token and what was answered stay.
        .set(CoapConfig.USE_MESSAGE_OFFLOADING, true)
        .set(CoapConfig.MARK_AND_SWEEP_INTERVAL, 5, TimeUnit.SECONDS)
        .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, CORES)
        .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1);
  }
}
