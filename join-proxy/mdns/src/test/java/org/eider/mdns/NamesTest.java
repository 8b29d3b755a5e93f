package org.eider.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eider.mdns.Names.Claim;
import org.eider.mdns.Names.Next;
import org.junit.jupiter.api.Test;

/** Claims of neighbours that are as many as somebody likes to make up, by a clock of the test. */
class NamesTest {
  private static final int FORGED = 1000;

  private final Names names = new Names(this::now, new Random(1));
  private long now = Long.MAX_VALUE - 1;
  private int neighbours;

  private long now() {
    return now;
  }

  private void pass(long amount, TimeUnit unit) {
    now += unit.toNanos(amount);
  }

  private DnsName name() {
    return DnsName.of("_brski-proxy._tcp.local").child(names.beginning("unique"));
  }

  private InetAddress neighbour() throws UnknownHostException {
    neighbours++;
    return InetAddress.getByAddress(new byte[] {(byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) (neighbours >> 8), (byte) neighbours});
  }

  /** Each claim from another address, each of the name that it has or wants just then; how many of them made it take another. */
  private int claims(int count) throws UnknownHostException {
    int renamed = 0;
    for (int i = 0; i < count; i++) {
      pass(100, TimeUnit.MILLISECONDS);
      if (names.taken(name(), neighbour()) == Claim.GIVEN_UP) {
        renamed++;
        names.want(Set.of(name()));
      }
    }
    return renamed;
  }

  private void makeSure() {
    for (int i = 0; i < 100 && names.next() != Next.SURE; i++) {
      pass(100, TimeUnit.MILLISECONDS);
    }
    assertThat(names.ours()).containsExactly(name());
  }

  @Test
  void fromHoweverManyAddressesItsNamesAreClaimedItHasOneInTheEnd() throws Exception {
    names.want(Set.of(name()));
    assertThat(claims(FORGED)).isEqualTo(Names.MOST_IN_ALL);
    makeSure();
    assertThat(claims(FORGED)).as("nor are they believed then").isZero();
    assertThat(names.ours()).containsExactly(name());
  }

  @Test
  void whoProbesFromHoweverManyAddressesDoesNotKeepItWaiting() throws Exception {
    names.want(Set.of(name()));
    for (int i = 0; i < FORGED; i++) {
      names.waits(neighbour());
    }
    for (int i = 0; i < 5; i++) {
      pass(1, TimeUnit.SECONDS);
      names.next();
      names.waits(neighbour());
    }
    assertThat(names.ours()).containsExactly(name());
  }

  @Test
  void anHourLaterItYieldsAgain() throws Exception {
    names.want(Set.of(name()));
    claims(FORGED);
    makeSure();
    pass(61, TimeUnit.MINUTES);
    assertThat(names.taken(name(), neighbour())).isEqualTo(Claim.DOUBTED);
    assertThat(names.taken(name(), neighbour())).isEqualTo(Claim.GIVEN_UP);
  }
}
