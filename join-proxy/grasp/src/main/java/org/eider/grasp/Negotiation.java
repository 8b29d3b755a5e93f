package org.eider.grasp;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * One negotiation over one connection, by turns (RFC 8990 section 2.5.5): who has the turn makes a counter-offer, asks for patience, or
 * ends it; the other waits. For one thread.
 */
public final class Negotiation implements AutoCloseable {
  /** GRASP_DEF_TIMEOUT. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Wire wire;
  private final long session;
  private final Duration patience;
  private Objective current;
  private Turn turn;

  private enum Turn {
    OURS, THEIRS, NOBODYS
  }

  /** Called when a peer wants to negotiate an objective, with our turn; the connection is closed when it returns. */
  @FunctionalInterface
  public interface Partner {
    /** Negotiates, until one of both ends it. */
    void negotiate(Negotiation negotiation) throws IOException;
  }

  /** What the peer did. */
  public sealed interface Step {
    /** A counter-offer; it is our turn. */
    record Offered(Objective objective) implements Step {}

    /** It takes our last offer. */
    record Accepted() implements Step {}

    /** It does not. */
    record Declined(Optional<String> reason) implements Step {}

    /** It said nothing in time, went away, or broke the rules; the session has failed. */
    record Failed(String why) implements Step {}
  }

  private Negotiation(Wire wire, long session, Objective current, Turn turn, Duration patience) {
    this.wire = wire;
    this.session = session;
    this.current = current;
    this.turn = turn;
    this.patience = patience;
  }

  /** Begins one: the request has the first offer. */
  static Negotiation begun(Wire wire, long session, Objective first, Duration patience) throws IOException {
    wire.send(new Message.RequestNegotiation(session, first));
    return new Negotiation(wire, session, first, Turn.THEIRS, patience);
  }

  /** Takes up one that a peer has begun. */
  static Negotiation asked(Wire wire, Message.RequestNegotiation request, Duration patience) {
    return new Negotiation(wire, request.session(), request.objective(), Turn.OURS, patience);
  }

  /** The last offer, of whichever side. */
  public Objective current() {
    return current;
  }

  /**
   * Makes a counter-offer.
   *
   * @return whether it was made: not when the loop count has run out, and the session fails then
   * @throws IllegalStateException when it is not our turn
   */
  public boolean offer(Octets value) throws IOException {
    ours();
    if (current.loopCount() <= 1) {
      turn = Turn.NOBODYS;
      return false;
    }
    current = current.withLoopCount(current.loopCount() - 1).withValue(value);
    wire.send(new Message.Negotiation(session, current));
    turn = Turn.THEIRS;
    return true;
  }

  /** Asks the peer to wait for so much longer; it stays our turn. */
  public void askForPatience(Duration longer) throws IOException {
    ours();
    wire.send(new Message.Wait(session, Math.min(Message.MAX_UINT32, longer.toMillis())));
  }

  /** Takes the peer's last offer. */
  public void accept() throws IOException {
    end(new Message.End(session, true, Optional.empty()));
  }

  /** Ends without a result. */
  public void decline(Optional<String> reason) throws IOException {
    end(new Message.End(session, false, reason));
  }

  /**
   * Waits for the peer's turn.
   *
   * @throws IllegalStateException when it is not the peer's
   */
  public Step next() {
    if (turn != Turn.THEIRS) {
      throw new IllegalStateException("it is not the peer's turn");
    }
    try {
      Duration left = patience;
      while (true) {
        Optional<Message> message = wire.receive(left);
        if (message.isEmpty()) {
          return failed("the peer has gone");
        }
        if (message.get() instanceof Message.Wait wait && wait.session() == session) {
          left = longest(Duration.ofMillis(wait.waitingTime()));
        } else if (!(message.get() instanceof Message.Noop)) {
          return step(message.get());
        }
      }
    } catch (SocketTimeoutException e) {
      return failed("the peer says nothing");
    } catch (IOException | DecodeException e) {
      return failed(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    turn = Turn.NOBODYS;
    wire.finish();
  }

  private Step step(Message message) {
    if (message instanceof Message.End end && end.session() == session) {
      turn = Turn.NOBODYS;
      return end.isAccepted() ? new Step.Accepted() : new Step.Declined(end.reason());
    }
    if (message instanceof Message.Negotiation offer && offer.session() == session && follows(offer.objective())) {
      current = offer.objective();
      turn = Turn.OURS;
      return new Step.Offered(current);
    }
    return failed("the peer breaks the rules");
  }

  /**
   * The same objective, and a loop count that does not grow. It has to get less with each message (RFC 8990 section 2.8.7), but there are peers
   * that count when they receive; since ours gets less each time, no negotiation is without end.
   */
  private boolean follows(Objective objective) {
    return objective.name().equals(current.name()) && objective.loopCount() > 0 && objective.loopCount() <= current.loopCount();
  }

  /** A peer's wish for time is bounded, or it could hold a thread for weeks. */
  private Duration longest(Duration asked) {
    Duration most = patience.multipliedBy(10);
    return asked.compareTo(most) > 0 ? most : asked;
  }

  private Step failed(String why) {
    turn = Turn.NOBODYS;
    return new Step.Failed(why);
  }

  private void end(Message.End end) throws IOException {
    ours();
    wire.send(end);
    turn = Turn.NOBODYS;
  }

  private void ours() {
    if (turn != Turn.OURS) {
      throw new IllegalStateException("it is not our turn");
    }
  }
}
