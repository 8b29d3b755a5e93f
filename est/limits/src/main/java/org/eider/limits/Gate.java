package org.eider.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.TimeMeter;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets connections in, within the bounds of their source and of the server. When the server is full, somebody who idles makes room, of
 * the source that holds most, so that no source can keep others out; when a source holds all it may, one of its own that idles does.
 * Safe for many threads.
 *
 * <p>What a source has used is kept while it has a connection, and for a while after that in a bounded table.
 *
 * @param <C> a connection, compared by identity
 */
public final class Gate<C> {
  private static final int MOST_ABSENT_SOURCES = 50_000;
  private static final Duration MEMORY = Duration.ofMinutes(10);

  private final Bounds limits;
  private final boolean isSecure;
  private final TimeMeter clock;
  private final Accounts accounts;
  private final Crowd<C> connections;
  private final Crowd<C> greetings;
  private final Map<Source, Quota> present = new HashMap<>();
  private final Map<C, Entry> entries = new HashMap<>();
  private final Cache<Source, Quota> absent =
      Caffeine.newBuilder().maximumSize(MOST_ABSENT_SOURCES).expireAfterWrite(MEMORY).executor(Runnable::run).build();

  private record Entry(Source source, Quota quota) {}

  /** Why a connection is not let in. */
  public enum Shut {
    /** Everything is full, and nobody idles. */
    CONNECTIONS,
    /** Its source holds too many, and none of them idles. */
    SOURCE_CONNECTIONS,
    /** Its source makes too many handshakes. */
    SOURCE_HANDSHAKES
  }

  /**
   * What a gate lets in.
   *
   * @param connections open at a time
   * @param handshakes connections that are in their handshake; beyond it the one that takes longest has to go
   * @param sources what one source may use
   * @param room workers and queue together
   */
  public record Bounds(int connections, int handshakes, SourceRules sources, int room) {
    /** Where there are no join proxies. */
    public Bounds(int connections, int handshakes, SourceLimits perSource, List<AddressRange> trustedSources, SourceLimits perTrustedSource,
        int room) {
      this(connections, handshakes, SourceRules.NONE.withPerSource(perSource).withTrusted(trustedSources, perTrustedSource), room);
    }
  }

  /**
   * What became of a connection at the gate.
   *
   * @param refused why it is to be closed; empty when it is let in
   * @param idle the connection that has to be closed for it, since it idles
   * @param greeting the connection that has to be closed for it, since its handshake takes so long
   */
  public record Answer<C>(Optional<Shut> refused, Optional<C> idle, Optional<C> greeting) {
    static <C> Answer<C> no(Shut why) {
      return new Answer<>(Optional.of(why), Optional.empty(), Optional.empty());
    }

    /** Both. */
    public List<C> victims() {
      List<C> victims = new ArrayList<>(2);
      idle.ifPresent(victims::add);
      greeting.ifPresent(victims::add);
      return victims;
    }
  }

  /** Whom a connection is put to the account of: {@link Source#of} or {@link Source#exactly}. */
  @FunctionalInterface
  public interface Accounts {
    /** The account of an address. */
    Source of(InetAddress address, SourceRules.Standing standing);
  }

  /**
   * A gate that nobody has passed.
   *
   * @param isSecure whether connections begin with a handshake
   */
  public Gate(Bounds limits, boolean isSecure, TimeMeter clock) {
    this(limits, isSecure, clock, Source::of);
  }

  /** The same with other accounts. */
  public Gate(Bounds limits, boolean isSecure, TimeMeter clock, Accounts accounts) {
    this.accounts = accounts;
    this.limits = limits;
    this.isSecure = isSecure;
    this.clock = clock;
    this.connections = new Crowd<>(limits.connections());
    this.greetings = new Crowd<>(limits.handshakes());
  }

  /** How many connections are open. */
  public synchronized int size() {
    return connections.size();
  }

  /** Lets a connection in, or does not; whoever has to make room is not a member any more. */
  public synchronized Answer<C> admit(C connection, InetAddress address) {
    Source source = accounts.of(address, limits.sources().standing(address));
    Quota quota = quota(source);
    boolean isSourceFull = connections.sizeOf(source) >= quota.connections();
    if (isSourceFull && !connections.hasQuiet(source)) {
      return Answer.no(Shut.SOURCE_CONNECTIONS);
    }
    if (isSecure && !quota.handshake()) {
      absent.put(source, quota);
      return Answer.no(Shut.SOURCE_HANDSHAKES);
    }
    Optional<C> idle = room(source, isSourceFull);
    if (connections.isFull()) {
      absent.put(source, quota);
      return Answer.no(Shut.CONNECTIONS);
    }
    idle.ifPresent(this::gone);
    Optional<C> greeting = isSecure && greetings.isFull() ? greetings.sendAway() : Optional.empty();
    greeting.ifPresent(this::gone);
    absent.invalidate(source);
    present.put(source, quota);
    entries.put(connection, new Entry(source, quota));
    connections.enter(source, connection);
    if (isSecure) {
      greetings.enter(source, connection);
    }
    return new Answer<>(Optional.empty(), idle, greeting);
  }

  /** Makes room where there is none, at the cost of the source itself if it holds all that it may. */
  private Optional<C> room(Source source, boolean isSourceFull) {
    if (isSourceFull) {
      return connections.sendAwayOf(source);
    }
    return connections.isFull() ? connections.sendAway() : Optional.empty();
  }

  /** The handshake of a connection is over, one way or the other. */
  public synchronized void greeted(C connection) {
    greetings.leave(connection);
  }

  /** Nothing is in flight on the connection; tells whether it may stay. */
  public synchronized boolean settle(C connection) {
    return connections.settle(connection);
  }

  /** Something is in flight on the connection from now on, so it will not be sent away; tells whether it was before. */
  public synchronized boolean stir(C connection) {
    return connections.stir(connection);
  }

  /** The connection was heard of; one that idles idles from now on, others are as they were. */
  public synchronized void touch(C connection) {
    connections.touch(connection);
  }

  /** The connection has ended; tells whether it had been let in and not been sent away. */
  public synchronized boolean leave(C connection) {
    boolean stayed = entries.containsKey(connection);
    gone(connection);
    return stayed;
  }

  private void gone(C connection) {
    connections.leave(connection);
    greetings.leave(connection);
    Entry entry = entries.remove(connection);
    if (entry != null && connections.sizeOf(entry.source()) == 0) {
      present.remove(entry.source());
      absent.put(entry.source(), entry.quota());
    }
  }

  /** What the source of a connection that was let in has used; an own one for any other. */
  public synchronized Quota quota(C connection) {
    Entry entry = entries.get(connection);
    return entry == null ? newQuota(SourceLimits.NONE) : entry.quota();
  }

  private Quota quota(Source source) {
    Quota known = present.get(source);
    if (known == null) {
      known = absent.getIfPresent(source);
    }
    return known == null ? newQuota(limits.sources().of(source.standing())) : known;
  }

  private Quota newQuota(SourceLimits bounds) {
    return new Quota(bounds, limits.room(), clock);
  }
}
