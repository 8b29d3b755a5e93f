package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.eider.proxy.PledgeHeader.Pledge;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;

class PledgeHeaderTest {
  private static final long PERIOD = 1000;
  private static final Pledge PLEDGE = new Pledge(3, 49_152, 0x0211_22ff_fe33_4455L);

  private long now;
  private final PledgeHeader headers = new PledgeHeader(new Random(1), () -> now, PERIOD);

  @Test
  void namesThePledgeThatItWasMadeFor() {
    for (Pledge pledge : List.of(PLEDGE, new Pledge(0, 1, 0), new Pledge(65_535, 65_535, -1))) {
      assertThat(headers.open(headers.seal(pledge))).contains(pledge);
    }
  }

  @Test
  void staysWithinTheSizeThatTheDraftAsksFor() {
    assertThat(headers.seal(PLEDGE).size()).isEqualTo(PledgeHeader.SIZE).isLessThanOrEqualTo(32);
  }

  @Test
  void isTheSameForAPledgeAsLongAsTheKeyLives() {
    Octets header = headers.seal(PLEDGE);
    now = PERIOD - 1;
    assertThat(headers.seal(PLEDGE)).isEqualTo(header);
    now = PERIOD;
    assertThat(headers.seal(PLEDGE)).isNotEqualTo(header);
  }

  @Test
  void isAnotherForAnotherPortAddressOrJoinPort() {
    Set<Octets> seen = new HashSet<>(List.of(headers.seal(PLEDGE)));
    assertThat(seen.add(headers.seal(new Pledge(4, PLEDGE.port(), PLEDGE.host())))).isTrue();
    assertThat(seen.add(headers.seal(new Pledge(3, 49_153, PLEDGE.host())))).isTrue();
    assertThat(seen.add(headers.seal(new Pledge(3, PLEDGE.port(), PLEDGE.host() + 1)))).isTrue();
  }

  @Test
  void showsNothingOfThePledge() {
    List<Octets> headersOfNeighbours = new ArrayList<>();
    for (int port = 0; port < 256; port++) {
      headersOfNeighbours.add(headers.seal(new Pledge(3, port, 1)));
    }
    for (int at = 0; at < PledgeHeader.SIZE; at++) {
      int place = at;
      assertThat(headersOfNeighbours.stream().map(header -> header.toArray()[place]).distinct().count())
          .as("different octets at %d", at).isGreaterThan(100);
    }
  }

  @Test
  void openWithTheKeyBeforeAndNoLonger() {
    Octets header = headers.seal(PLEDGE);
    now = PERIOD;
    assertThat(headers.open(header)).contains(PLEDGE);
    now = 2 * PERIOD - 1;
    assertThat(headers.open(header)).contains(PLEDGE);
    now = 2 * PERIOD;
    assertThat(headers.open(header)).isEmpty();
  }

  @Test
  void openNotAfterALongPause() {
    Octets header = headers.seal(PLEDGE);
    now = 2 * PERIOD;
    assertThat(headers.open(header)).isEmpty();
  }

  @Test
  void ofAnotherProxyOpenNothing() {
    assertThat(headers.open(new PledgeHeader(new Random(2), () -> now, PERIOD).seal(PLEDGE))).isEmpty();
  }

  @Test
  void thatAreMadeUpOpenNothing() {
    Random random = new Random(3);
    for (int turn = 0; turn < 10_000; turn++) {
      byte[] made = new byte[turn % 2 == 0 ? PledgeHeader.SIZE : random.nextInt(40)];
      random.nextBytes(made);
      assertThat(headers.open(Octets.of(made))).isEmpty();
    }
  }
}
