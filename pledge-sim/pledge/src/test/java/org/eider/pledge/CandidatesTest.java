package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import org.eider.discovery.Method;
import org.eider.pledge.Candidates.Candidate;
import org.eider.pledge.PledgeConfig.Attempts;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.junit.jupiter.api.Test;

/** Whose turn is next, among neighbours who may tell whatever they like. */
class CandidatesTest {
  private static final Attempts ENDLESS = new Attempts(Integer.MAX_VALUE, Integer.MAX_VALUE, Duration.ofSeconds(5));
  private static final int HONEST = 8443;

  private final FakeTime time = new FakeTime();
  private final Candidates candidates = new Candidates(List.of(), ENDLESS, Optional.of(Scheme.HTTPS), time.time(), new Random(1));
  private final List<Lead> leads = new ArrayList<>();

  @Test
  void preferredTransportThenGraspThenMdnsThenPriority() throws Exception {
    tell(Scheme.COAPS, Method.GRASP, 1, "fe80::1", 0);
    tell(Scheme.HTTPS, Method.MDNS, 2, "fe80::1", 9);
    tell(Scheme.HTTPS, Method.MDNS, 3, "fe80::1", 1);
    tell(Scheme.HTTPS, Method.GRASP, 4, "fe80::1", 0);
    tell(Scheme.COAPS, Method.COAP, 5, "fe80::1", 0);
    assertThat(turns(5)).containsExactly(4, 3, 1, 5, 2);
  }

  /** However many proxies somebody makes up by GRASP, under however many names: the second turn is of mDNS. */
  @Test
  void announcementsByMdnsDoNotWaitBehindForgedFloods() throws Exception {
    forge(1, 60, Method.GRASP, port -> "fe80::bad:" + port % 30);
    tell(Scheme.HTTPS, Method.MDNS, HONEST, "fe80::600d", 0);
    assertThat(turns(2)).contains(HONEST);
  }

  @Test
  void anotherTransportDoesNotWaitBehindForgedOnes() throws Exception {
    forge(1, 60, Method.GRASP, port -> "fe80::bad");
    forge(101, 60, Method.MDNS, port -> "fe80::bad");
    tell(Scheme.COAPS, Method.COAP, 5684, "fe80::600d", 0);
    assertThat(turns(3)).contains(5684);
  }

  @Test
  void neighboursOfOneMethodTakeTurns() throws Exception {
    forge(1, 8, Method.GRASP, port -> "fe80::bad");
    tell(Scheme.HTTPS, Method.GRASP, HONEST, "fe80::600d", 0xffff);
    assertThat(turns(2)).contains(HONEST);
  }

  /** Whoever is new stands behind those who are waiting, whatever comes after every turn. */
  @Test
  void newNeighboursDoNotOvertake() throws Exception {
    forge(1, 5, Method.GRASP, port -> "fe80::bad:" + port);
    tell(Scheme.HTTPS, Method.GRASP, HONEST, "fe80::600d", 0);
    List<Integer> asked = new ArrayList<>();
    for (int turn = 1; turn <= 6; turn++) {
      asked.addAll(turns(1));
      tell(Scheme.HTTPS, Method.GRASP, 100 + turn, "fe80::bad:1" + turn, 0);
    }
    assertThat(asked).contains(HONEST);
    List<Integer> again = new ArrayList<>();
    for (int turn = 1; turn <= 20; turn++) {
      time.time().pause().sleep(Duration.ofSeconds(5));
      tell(Scheme.HTTPS, Method.GRASP, 200 + turn, "fe80::bad:2" + turn, 0);
      again.addAll(turns(1));
    }
    assertThat(again).as("its turn comes again").contains(HONEST);
  }

  @Test
  void theConfigurationComesLastButNotNever() throws Exception {
    forge(1, 60, Method.GRASP, port -> "fe80::bad:" + port);
    List<Integer> asked = new ArrayList<>();
    for (int turn = 0; turn < 12; turn++) {
      candidates.found(leads, List.of(new RegistrarAddress("registrar", 443, Optional.empty())));
      asked.add(turn(candidates.due(any -> true, false).orElseThrow()));
    }
    assertThat(asked.indexOf(443)).isEqualTo(Candidates.TURNS_OF_OTHERS);
  }

  /** A found one that is being asked, and answers, is not overtaken by the configuration; neither is one that waits. */
  @Test
  void theConfigurationWaitsForWhoIsServed() throws Exception {
    List<RegistrarAddress> configured = List.of(new RegistrarAddress("registrar", 443, Optional.empty()));
    tell(Scheme.HTTPS, Method.GRASP, 1, "fe80::1", 0);
    tell(Scheme.COAPS, Method.GRASP, 2, "fe80::2", 0);
    candidates.found(leads, configured);
    assertThat(candidates.due(where -> where.port() == 443, false)).as("others are due").isEmpty();
    Candidate first = candidates.due(any -> true, false).orElseThrow();
    candidates.begins(first);
    candidates.begins(candidates.due(any -> true, true).orElseThrow());
    assertThat(candidates.due(any -> true, true)).as("they are being asked and answer").isEmpty();
    assertThat(candidates.due(any -> true, false)).hasValueSatisfying(next -> assertThat(next.isFound()).isFalse());
    assertThat(candidates.dueFound(any -> true)).isEmpty();
  }

  /** An honest neighbour that is crowded out for a while is still the one who waits for longest. */
  @Test
  void whoIsNotHeardForAWhileKeepsItsPlace() throws Exception {
    tell(Scheme.HTTPS, Method.GRASP, HONEST, "fe80::600d", 0);
    candidates.found(leads, List.of());
    leads.clear();
    for (int i = 1; i <= 2 * Candidates.MOST_TELLERS; i++) {
      tell(Scheme.HTTPS, Method.GRASP, i, "fe80::bad:" + Integer.toHexString(i), 0);
      turns(1);
      leads.clear();
      time.time().pause().sleep(Duration.ofSeconds(1));
    }
    forge(1001, 8, Method.GRASP, port -> "fe80::bad:1:" + port);
    tell(Scheme.HTTPS, Method.GRASP, HONEST, "fe80::600d", 0xffff);
    assertThat(turns(1)).containsExactly(HONEST);
  }

  /** Being left for others costs time, and does not count as a failure of three. */
  @Test
  void whoIsLeftComesAgainLaterAndLater() throws Exception {
    Candidates few = new Candidates(List.of(), Attempts.few(), Optional.of(Scheme.HTTPS), time.time(), new Random(1));
    tell(Scheme.HTTPS, Method.GRASP, 1, "fe80::1", 0);
    few.found(leads, List.of());
    for (int i = 1; i <= 6; i++) {
      Candidate one = few.due(any -> true, false).orElseThrow();
      few.begins(one);
      assertThat(few.due(any -> true, false)).as("it is being asked").isEmpty();
      few.left(one);
      assertThat(few.until(one)).isBetween(Duration.ofMillis(500L << i - 1), Duration.ofMillis(1000L << i - 1));
      time.time().pause().sleep(few.until(one));
    }
    assertThat(few.soonest(any -> Duration.ZERO)).isPresent();
  }

  private void tell(Scheme scheme, Method method, int port, String by, int rank) throws Exception {
    leads.add(new Lead(new RegistrarAddress(scheme, "fe80::1%eth0", port, Optional.empty()), method, InetAddress.getByName(by), rank));
  }

  /** Tells of so many proxies over HTTPS, at ports from {@code first}, each by a neighbour that {@code by} makes of the port. */
  private void forge(int first, int count, Method method, IntFunction<String> by) throws Exception {
    for (int port = first; port < first + count; port++) {
      tell(Scheme.HTTPS, method, port, by.apply(port), 0);
    }
  }

  private List<Integer> turns(int count) {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      candidates.found(leads, List.of());
      ports.add(turn(candidates.due(any -> true, false).orElseThrow()));
    }
    return ports;
  }

  private int turn(Candidate next) {
    candidates.begins(next);
    candidates.setBack(next, PledgeReason.UNREACHABLE);
    return next.registrar().port();
  }
}
