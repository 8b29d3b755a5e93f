package org.eider.grasp;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.eider.wire.Octets;

/**
 * A GRASP message (RFC 8990 sections 2.8 and 4). Session ids, times to live and waiting times are 32 bits without a sign, times in
 * milliseconds.
 */
public sealed interface Message {
  /** Greatest session id, time to live and waiting time. */
  long MAX_UINT32 = 0xffff_ffffL;

  /** What it says about itself, with its number. */
  enum Type {
    NOOP(0), DISCOVERY(1), RESPONSE(2), REQ_NEG(3), REQ_SYN(4), NEGOTIATE(5), END(6), WAIT(7), SYNCH(8), FLOOD(9), INVALID(99);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    /** The number on the wire. */
    public int number() {
      return number;
    }

    /** The type of a number. */
    public static Optional<Type> of(long number) {
      for (Type type : values()) {
        if (type.number == number) {
          return Optional.of(type);
        }
      }
      return Optional.empty();
    }
  }

  /** A message that belongs to a session; all but M_NOOP do. */
  sealed interface InSession extends Message {
    /** The session. */
    long session();
  }

  /** Does nothing. */
  record Noop() implements Message {}

  /** Looks for who has an objective. */
  record Discovery(long session, Address initiator, Objective objective) implements InSession {
    /** Rejects null and numbers out of range. */
    public Discovery {
      checked(session);
      requireNonNull(initiator);
      requireNonNull(objective);
    }
  }

  /**
   * Says who has it.
   *
   * @param ttl 0 for much more than a minute
   * @param isDivert whether the locators are of others that may know more, inside a Divert option
   * @param locators at least one
   */
  record Response(long session, Address initiator, long ttl, boolean isDivert, List<Locator> locators, Optional<Objective> objective)
      implements InSession {
    /** Rejects null, numbers out of range, and no locator at all; keeps a copy. */
    public Response {
      checked(session);
      requireNonNull(initiator);
      checked(ttl);
      locators = List.copyOf(locators);
      if (locators.isEmpty()) {
        throw new IllegalArgumentException("a response names at least one locator");
      }
      requireNonNull(objective);
    }
  }

  /** Asks to negotiate. */
  record RequestNegotiation(long session, Objective objective) implements InSession {
    /** Rejects null and numbers out of range. */
    public RequestNegotiation {
      checked(session);
      requireNonNull(objective);
    }
  }

  /** Asks for the value of an objective. */
  record RequestSynchronisation(long session, Objective objective) implements InSession {
    /** Rejects null and numbers out of range. */
    public RequestSynchronisation {
      checked(session);
      requireNonNull(objective);
    }
  }

  /** A step of a negotiation. */
  record Negotiation(long session, Objective objective) implements InSession {
    /** Rejects null and numbers out of range. */
    public Negotiation {
      checked(session);
      requireNonNull(objective);
    }
  }

  /**
   * Ends a negotiation.
   *
   * @param isAccepted whether with the Accept option, else with Decline
   * @param reason why it is declined
   */
  record End(long session, boolean isAccepted, Optional<String> reason) implements InSession {
    /** Rejects null, numbers out of range, and a reason to accept. */
    public End {
      checked(session);
      if (isAccepted && reason.isPresent()) {
        throw new IllegalArgumentException("only who declines says why");
      }
    }
  }

  /** Asks for patience. */
  record Wait(long session, long waitingTime) implements InSession {
    /** Rejects numbers out of range. */
    public Wait {
      checked(session);
      checked(waitingTime);
    }
  }

  /** Answers with a value. */
  record Synchronisation(long session, Objective objective) implements InSession {
    /** Rejects null and numbers out of range. */
    public Synchronisation {
      checked(session);
      requireNonNull(objective);
    }
  }

  /**
   * Tells everybody.
   *
   * @param ttl 0 for ever
   * @param entries at least one
   */
  record Flood(long session, Address initiator, long ttl, List<Entry> entries) implements InSession {
    /**
     * One objective of a flood.
     *
     * @param locator where it is, if it is anywhere
     */
    public record Entry(Objective objective, Optional<Locator> locator) {
      /** Rejects null. */
      public Entry {
        requireNonNull(objective);
        requireNonNull(locator);
      }
    }

    /** Rejects null, numbers out of range, and nothing to tell; keeps a copy. */
    public Flood {
      checked(session);
      requireNonNull(initiator);
      checked(ttl);
      entries = List.copyOf(entries);
      if (entries.isEmpty()) {
        throw new IllegalArgumentException("a flood has at least one objective");
      }
    }
  }

  /**
   * Says that a message was of no use.
   *
   * @param content one item of CBOR, whatever the sender put there
   */
  record Invalid(long session, Optional<Octets> content) implements InSession {
    /** Rejects null and numbers out of range. */
    public Invalid {
      checked(session);
      requireNonNull(content);
    }
  }

  /** A message of a type that we do not know. It is read, never written. */
  record Unknown(int type, long session) implements InSession {}

  private static void checked(long number) {
    if (number < 0 || number > MAX_UINT32) {
      throw new IllegalArgumentException("beyond 32 bits: " + number);
    }
  }
}
