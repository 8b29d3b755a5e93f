package org.eider.limits;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A bounded number of members, by source, which knows at any time who has to make room for another: of the source that has the most
 * members, trusted ones last, the member that has been quiet for the longest time. Not thread-safe. Every operation takes time
 * logarithmic in the number of sources.
 *
 * @param <M> compared by identity
 */
final class Crowd<M> {
  private final int most;
  private final Map<M, Group<M>> members = new HashMap<>();
  private final Map<Source, Group<M>> groups = new HashMap<>();
  private final TreeSet<Group<M>> byBurden = new TreeSet<>(Comparator.<Group<M>>comparingInt(group -> group.source.standing().ordinal())
      .thenComparing(Comparator.<Group<M>>comparingInt(group -> group.size).reversed())
      .thenComparingLong(Group::quietest));
  private long ticks;

  /** The members of one source; in {@link #byBurden} as long as one of them is quiet. */
  private static final class Group<M> {
    final Source source;
    /** The quiet ones and since when, the longest first. No two ticks are the same. */
    final LinkedHashMap<M, Long> quiet = new LinkedHashMap<>();
    int size;

    Group(Source source) {
      this.source = source;
    }

    long quietest() {
      return quiet.values().iterator().next();
    }
  }

  Crowd(int most) {
    this.most = most;
  }

  int size() {
    return members.size();
  }

  boolean isFull() {
    return members.size() >= most;
  }

  /** How many members a source has. */
  int sizeOf(Source source) {
    return Optional.ofNullable(groups.get(source)).map(group -> group.size).orElse(0);
  }

  /** A new member, quiet at first. */
  void enter(Source source, M member) {
    Group<M> group = groups.computeIfAbsent(source, Group::new);
    change(group, () -> {
      group.size++;
      group.quiet.put(member, ticks++);
    });
    members.put(member, group);
  }

  /** The member is not quiet any more; tells whether it still is a member. */
  boolean stir(M member) {
    Group<M> group = members.get(member);
    if (group == null) {
      return false;
    }
    change(group, () -> group.quiet.remove(member));
    return true;
  }

  /** The member is quiet from now on, if it is one; tells whether it is. */
  boolean settle(M member) {
    Group<M> group = members.get(member);
    if (group == null) {
      return false;
    }
    change(group, () -> {
      group.quiet.remove(member);
      group.quiet.put(member, ticks++);
    });
    return true;
  }

  /** A member that is quiet was heard of just now; does nothing for one that is not quiet, or is no member. */
  void touch(M member) {
    Group<M> group = members.get(member);
    if (group != null && group.quiet.containsKey(member)) {
      settle(member);
    }
  }

  /** Ends a membership; does nothing for who has none. */
  void leave(M member) {
    Group<M> group = members.remove(member);
    if (group == null) {
      return;
    }
    change(group, () -> {
      group.size--;
      group.quiet.remove(member);
    });
    if (group.size == 0) {
      groups.remove(group.source);
    }
  }

  /** Sends away who has to make room; empty when nobody is quiet. */
  Optional<M> sendAway() {
    if (byBurden.isEmpty()) {
      return Optional.empty();
    }
    M member = byBurden.first().quiet.keySet().iterator().next();
    leave(member);
    return Optional.of(member);
  }

  /** Sends away the member of a source that has been quiet for the longest time; empty when none of it is quiet. */
  Optional<M> sendAwayOf(Source source) {
    Optional<M> member = Optional.ofNullable(groups.get(source)).flatMap(group -> group.quiet.keySet().stream().findFirst());
    member.ifPresent(this::leave);
    return member;
  }

  /** Whether a member of the source is quiet. */
  boolean hasQuiet(Source source) {
    return Optional.ofNullable(groups.get(source)).filter(group -> !group.quiet.isEmpty()).isPresent();
  }

  /** A group is out of the order while what orders it changes. */
  private void change(Group<M> group, Runnable change) {
    if (!group.quiet.isEmpty()) {
      byBurden.remove(group);
    }
    change.run();
    if (!group.quiet.isEmpty()) {
      byBurden.add(group);
    }
  }
}
