package org.eider.grasp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** For people who debug a link: hears everything that is said there, and says what it is given, by no rule but that of the codec. */
public final class GraspProbe implements AutoCloseable {
  private static final GraspCodec CODEC = GraspCodec.standard();

  private final Nuisances nuisances = new Nuisances(System::nanoTime);
  private final SessionIds sessions = new SessionIds(new SecureRandom(), System::nanoTime);
  private final Link link;

  /** Told of each datagram, from a thread of the probe. */
  public interface Listener {
    /** It was a message. */
    void heard(Message message, Octets datagram, InetSocketAddress source, String interfaceName);

    /** It was none. */
    void refused(DecodeException why, Octets datagram, InetSocketAddress source, String interfaceName);
  }

  private GraspProbe(String interfaceName, int port, Listener listener) throws IOException {
    this.link = Link.open(interfaceName, NodeLimits.STANDARD, port, new Link.Listener() {
      @Override
      public void opened(LinkAddress here) {
        // a probe has nothing to say of itself
      }

      @Override
      public void heard(Octets datagram, InetSocketAddress source, LinkAddress here) {
        try {
          listener.heard(CODEC.decode(datagram), datagram, source, here.name());
        } catch (DecodeException e) {
          listener.refused(e, datagram, source, here.name());
        }
      }
    }, System::nanoTime, nuisances);
  }

  /**
   * Listens on an interface.
   *
   * @throws IOException when it is not there, or the port is not to be shared
   */
  public static GraspProbe open(String interfaceName, int port, Listener listener) throws IOException {
    return new GraspProbe(interfaceName, port, listener);
  }

  /** Our address on the link; empty while there is none. */
  public Optional<InetAddress> address() {
    return link.here().map(LinkAddress::address);
  }

  /** A session id that was not used here before. */
  public long newSession() {
    long session = sessions.fresh();
    sessions.release(session);
    return session;
  }

  /** Sends to everybody on the link; tells whether it could. */
  public boolean send(Message message) {
    return link.send(CODEC.encode(message));
  }

  /** Asks who has an objective, and blocks until the time is over. */
  public void discover(Message.Discovery question, Duration timeout, Consumer<Discovered> answers) throws IOException {
    String name = link.here().map(LinkAddress::name).orElse("");
    new Discoverer(List.of(link), CODEC, System::nanoTime, nuisances)
        .discover(question, timeout, (response, responder) -> answers.accept(Discovered.of(response, responder, name)));
  }

  @Override
  public void close() {
    link.close();
  }
}
