package org.eider.registrar.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.eider.registrar.Journal.Step;

/** How the lives of registrars on one data folder after the other are to end: one death after the other, by dice. */
final class CrashPlan {
  /** Steps that are recorded under load, each as a transaction of its own that goes through the log. */
  private static final List<Step> LOGGED = List.of(Step.VOUCHER_REQUESTED, Step.HELD, Step.VOUCHER_REFUSED, Step.VOUCHER_ISSUED,
      Step.VOUCHER_STATUS, Step.ENROLMENT_REFUSED, Step.CERTIFICATE_ISSUED, Step.ENROLMENT_STATUS, Step.APPROVED, Step.DENIED, Step.BACKUP_MADE);
  /** Those that are written to the database's file at once. */
  private static final List<Step> WRITTEN = List.of(Step.MANUFACTURER_PUT, Step.DEVICES_EXPECTED);

  /** How one life is to end. */
  sealed interface Death {
    /** At the n-th passing of a point, counted from the first instruction. */
    record Starting(String point, int passings) implements Death {}

    /** By SIGKILL so many milliseconds after it was started. */
    record StartingAfter(int millis) implements Death {}

    /** At the n-th passing of a point, under load. */
    record Working(String point, int passings) implements Death {}

    /** By SIGKILL after so many milliseconds of load. */
    record WorkingAfter(int millis) implements Death {}

    /** At the first passing of a point after SIGTERM under load. */
    record Stopping(String point) implements Death {}

    /** By SIGKILL so many milliseconds after SIGTERM under load. */
    record StoppingAfter(int millis) implements Death {}
  }

  /**
   * What a life without accident passes.
   *
   * @param starting points and how often they are passed until it is ready the first time
   * @param working points passed under load
   * @param stopping points passed after SIGTERM
   * @param startMillis how long the start took
   */
  record Map(java.util.Map<String, Integer> starting, List<String> working, List<String> stopping, int startMillis) {}

  /** The points under load one after the other, for all plans together: each has its turn before any has its second. */
  static final class Turns {
    private final List<String> points;
    private final Random dice;
    private final List<String> left = new ArrayList<>();

    Turns(List<String> points, long seed) {
      this.points = points;
      this.dice = new Random(seed);
    }

    synchronized String next() {
      if (left.isEmpty()) {
        left.addAll(points);
        Collections.shuffle(left, dice);
      }
      return left.remove(left.size() - 1);
    }
  }

  /** How many lives one data folder sees, and how many of them before it has ever been ready. */
  static final int LIVES = 25;
  private static final int FIRST_STARTS = 3;

  private final Map map;
  private final Turns turns;
  private final Random dice;
  private int lives;

  CrashPlan(Map map, Turns turns, long seed) {
    this.map = map;
    this.turns = turns;
    this.dice = new Random(seed);
  }

  /** The points of {@link org.eider.registrar.store.StoreProbe} that load has to pass: every step before, inside and behind its transaction. */
  static List<String> expected() {
    return Stream.concat(points(LOGGED, "before", "inside", "logged", "committed", "after"),
        points(WRITTEN, "before", "inside", "committed", "after")).toList();
  }

  private static Stream<String> points(List<Step> steps, String... phases) {
    return steps.stream().flatMap(step -> Stream.of(phases).map(phase -> step + ":" + phase));
  }

  /** Whether the next life is the first of a new data folder. */
  boolean isNewFolder() {
    return lives % LIVES == 0;
  }

  /** The next death. */
  Death next() {
    int life = lives++ % LIVES;
    int roll = life < FIRST_STARTS ? dice.nextInt(12) : dice.nextInt(100);
    if (roll < 9) {
      return starting();
    } else if (roll < 12) {
      return new Death.StartingAfter(dice.nextInt(map.startMillis()));
    } else if (roll < 26) {
      return new Death.WorkingAfter(20 + dice.nextInt(700));
    } else if (roll < 32) {
      return new Death.Stopping(map.stopping().get(dice.nextInt(map.stopping().size())));
    } else if (roll < 38) {
      return new Death.StoppingAfter(dice.nextInt(250));
    }
    String point = turns.next();
    return new Death.Working(point, point.startsWith(Step.BACKUP_MADE.name()) ? 1 : 1 + dice.nextInt(4));
  }

  private Death starting() {
    List<String> points = List.copyOf(map.starting().keySet());
    String point = points.get(dice.nextInt(points.size()));
    return new Death.Starting(point, 1 + dice.nextInt(map.starting().get(point)));
  }
}
