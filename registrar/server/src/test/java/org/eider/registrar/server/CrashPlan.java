package org.eider.registrar.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** How the lives of registrars on one data folder after the other are to end: one death after the other, by dice. */
final class CrashPlan {
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

  /** How many lives one data folder sees, and how many of them before it has ever been ready. */
  static final int LIVES = 25;
  private static final int FIRST_STARTS = 3;

  private final Map map;
  private final Random dice;
  private final List<String> working = new ArrayList<>();
  private int lives;

  CrashPlan(Map map, long seed) {
    this.map = map;
    this.dice = new Random(seed);
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
    return new Death.Working(nextPoint(), 1 + dice.nextInt(4));
  }

  /** Every point has its turn before any has its second. */
  private String nextPoint() {
    if (working.isEmpty()) {
      working.addAll(map.working());
      Collections.shuffle(working, dice);
    }
    return working.remove(working.size() - 1);
  }

  private Death starting() {
    List<String> points = List.copyOf(map.starting().keySet());
    String point = points.get(dice.nextInt(points.size()));
    return new Death.Starting(point, 1 + dice.nextInt(map.starting().get(point)));
  }
}
