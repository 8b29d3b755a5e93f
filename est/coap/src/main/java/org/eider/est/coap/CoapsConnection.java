package org.eider.est.coap;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.DtlsHandshakeTimeoutException;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eider.est.ServerTrust;
import org.eider.pki.UntrustedException;

/**
 * One DTLS session with one server, for one request after the other. Blocking; for one thread at a time. Large bodies go and come in
 * blocks, and answers that come in a message of their own are waited for.
 *
 * <p>{@link ServerTrust} is asked during the handshake, on a thread that all connections share, so it must not block. There is no
 * second handshake: a session that has ended stays ended.
 */
public final class CoapsConnection implements AutoCloseable {
  private final CoapsClientConfig config;
  private final Abbreviation abbreviation;
  private final ClientSide side;
  private final CoapEndpoint endpoint;
  /** What Scandium says when datagrams were lost or came in another order than it can mend. */
  private static final Set<AlertDescription> ON_THE_WAY = EnumSet.of(AlertDescription.INTERNAL_ERROR, AlertDescription.UNEXPECTED_MESSAGE,
      AlertDescription.BAD_RECORD_MAC, AlertDescription.DECODE_ERROR, AlertDescription.USER_CANCELED, AlertDescription.CLOSE_NOTIFY);

  private final List<X509Certificate> serverChain;

  private CoapsConnection(CoapsClientConfig config, Abbreviation abbreviation, ClientSide side, CoapEndpoint endpoint)
      throws IOException {
    this.config = config;
    this.abbreviation = abbreviation;
    this.side = side;
    this.endpoint = endpoint;
    try {
      endpoint.start();
      side.knock(endpoint.getConnector());
      this.serverChain = await(side.established(), config.handshakeTimeout(), "no DTLS handshake within ");
    } catch (IOException failure) {
      endpoint.destroy();
      throw failure;
    }
  }

  /**
   * Completes a handshake.
   *
   * @param host DNS name or IP address, an IPv6 address with or without brackets
   * @throws IOException when the server cannot be reached ({@link ConnectException}, also where the handshake broke off on its way, so that
   *     another may go well), is not trusted ({@link UntrustedException} as cause) or is too slow ({@link SocketTimeoutException})
   */
  public static CoapsConnection open(CoapsClientConfig config, String host, int port) throws IOException {
    String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    InetSocketAddress server = new InetSocketAddress(InetAddress.getByName(bare), port);
    Abbreviation abbreviation = new Abbreviation(config.abbreviation());
    ClientSide side = new ClientSide(config, bare, server);
    return new CoapsConnection(config, abbreviation, side, side.endpoint(abbreviation));
  }

  /** The chain that the server authenticated with, end entity first, as sent. */
  public List<X509Certificate> serverChain() {
    return serverChain;
  }

  /** Whether the session stands, as far as is known: a server that has forgotten it does not say so. */
  public boolean isOpen() {
    return side.isOpen();
  }

  /**
   * Sends a request and waits for its answer, whatever code that has; 5.03 is an answer, see {@link CoapAnswer#retryAfter}.
   *
   * @throws SocketTimeoutException when the answer does not come in time
   * @throws IOException when the session has ended, or the answer is larger than the limit or no CoAP
   */
  public CoapAnswer exchange(CoapCall call) throws IOException {
    if (!isOpen()) {
      throw new IOException("the session with " + side.server() + " has ended");
    }
    Request request = Messages.request(call, abbreviation, config.maxBody());
    request.setDestinationContext(side.context());
    CompletableFuture<Response> answered = new CompletableFuture<>();
    request.addMessageObserver(new Answering(request, answered));
    endpoint.sendRequest(request);
    try {
      return Messages.answer(await(answered, config.responseTimeout(), "no answer within "));
    } finally {
      request.cancel();
    }
  }

  /** Tells the server that the session ends, and forgets it. */
  @Override
  public void close() {
    side.close();
    endpoint.destroy();
  }

  /** Forgets the session without a word, as a device does whose power fails. */
  public void vanish() {
    endpoint.destroy();
  }

  private <T> T await(CompletableFuture<T> future, Duration time, String what) throws IOException {
    try {
      return future.get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new SocketTimeoutException(what + time.toMillis() + " ms from " + side.server());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      Optional<UntrustedException> untrusted = side.untrusted();
      if (untrusted.isPresent()) {
        throw new IOException("the server is not trusted: " + untrusted.get().getMessage(), untrusted.get());
      }
      if (cause instanceof SocketTimeoutException late) {
        throw late;
      }
      if (isBroken(cause)) {
        throw (ConnectException) new ConnectException("the DTLS handshake broke off: " + ExchangeLog.reason(cause)).initCause(cause);
      }
      throw new IOException(ExchangeLog.reason(cause), cause);
    }
  }

  /** Whether a handshake came to nothing for what happened on its way, and not for what the server thinks of our certificate or of what we offer. */
  private static boolean isBroken(Throwable cause) {
    return cause instanceof DtlsHandshakeTimeoutException
        || cause instanceof HandshakeException failure && failure.getAlert() != null && ON_THE_WAY.contains(failure.getAlert().getDescription());
  }

  /** Delivers answers to the requests that wait for them. */
  static final class ToRequests implements MessageDeliverer {
    @Override
    public void deliverRequest(Exchange exchange) {
      exchange.sendReject();
    }

    @Override
    public void deliverResponse(Exchange exchange, Response response) {
      exchange.getRequest().setResponse(response);
    }
  }
}
