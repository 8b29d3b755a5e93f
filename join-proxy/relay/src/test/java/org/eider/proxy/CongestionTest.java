package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.eider.proxy.UdpBench.Heard;
import org.eider.proxy.UdpBench.Peer;
import org.eider.testkit.Opened;
import org.eider.testkit.Tools;
import org.eider.testkit.VethPair;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Links that take datagrams more slowly than they come: what they do not take is not kept. */
@Timeout(120)
class CongestionTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int MANY = 1_000_000;

  @AutoClose
  private final UdpBench bench = new UdpBench();
  @AutoClose
  private final Opened links = new Opened();

  private StatefulRelay stateful() {
    return bench.keep(new StatefulRelay(bench.transport, new StatefulConfig(10, 2, LONG, MANY, MANY, LONG), bench.registrars, bench.tally,
        System::nanoTime));
  }

  private StatelessRelay stateless() {
    return bench.keep(new StatelessRelay(bench.transport, new StatelessConfig(Duration.ofHours(1), 0, MANY, MANY, MANY, MANY, LONG, LONG),
        bench.registrars, bench.tally, new SecureRandom(), System::nanoTime));
  }

  /** A registrar that nobody has, behind a link that takes a thousand octets a second. */
  private void knowBehindSlowLink(String scheme) throws Exception {
    Tools.require("tc");
    VethPair pair = links.keep(VethPair.create());
    String said = Tools.run("", List.of("tc", "qdisc", "add", "dev", pair.one(), "root", "tbf", "rate", "8kbit", "burst", "1600", "limit", "10m"));
    Assumptions.assumeTrue(said.isBlank(), "skipped, the kernel makes no link slow: " + said);
    VethPair.ip("-6", "neighbor", "add", "fe80::99", "lladdr", "02:00:00:00:00:99", "dev", pair.one());
    InetSocketAddress registrar = new InetSocketAddress(InetAddress.getByName("fe80::99%" + pair.one()), 5684);
    bench.registrars.configure(List.of(RegistrarUri.parse(scheme + "://registrar.example:5684")), uri -> List.of(registrar));
  }

  private void congests(InetSocketAddress proxy) throws Exception {
    Peer pledge = bench.peer();
    await().atMost(LONG).until(() -> {
      for (int i = 0; i < 50; i++) {
        pledge.send(UdpBench.random(1000), proxy);
      }
      return bench.tally.count(Refusal.CONGESTION) > 0;
    });
  }

  @Test
  void aSlowWayToTheRegistrarOfAFlowCostsNoMemory() throws Exception {
    knowBehindSlowLink("coaps");
    StatefulRelay relay = stateful();
    congests(bench.listen(at -> relay.listen("lo", at)));
  }

  @Test
  void aSlowWayToTheRegistrarOfAllCostsNoMemory() throws Exception {
    knowBehindSlowLink("jpy");
    StatelessRelay relay = stateless();
    congests(bench.listen(at -> relay.listen("lo", at)));
  }

  @Test
  void aSlowLinkOfPledgesLosesAnswersOfFlowsAndGoesOn() throws Exception {
    Peer registrar = bench.peer();
    bench.know("coaps", registrar);
    StatefulRelay relay = stateful();
    losesAndGoesOn(bench.joinPort(at -> relay.listen("lo", at)), registrar);
  }

  @Test
  void aSlowLinkOfPledgesLosesStatelessAnswersAndGoesOn() throws Exception {
    Peer registrar = bench.peer();
    bench.know("jpy", registrar);
    StatelessRelay relay = stateless();
    losesAndGoesOn(bench.joinPort(at -> relay.listen("lo", at)), registrar);
  }

  /** In both modes the last octet is the pledge's. */
  private void losesAndGoesOn(Channel joinPort, Peer registrar) throws Exception {
    Peer pledge = bench.peer();
    Heard[] asked = new Heard[1];
    await().atMost(LONG).ignoreException(SocketTimeoutException.class).until(() -> {
      pledge.send(new byte[] {1, 1, 1}, (InetSocketAddress) joinPort.localAddress());
      asked[0] = registrar.hearWithin(1000);
      return true;
    });
    byte[] lost = asked[0].octets();
    byte[] arrives = lost.clone();
    arrives[arrives.length - 1] = 2;

    writable(joinPort, false);
    registrar.send(lost, asked[0].from());
    await().atMost(LONG).until(() -> bench.tally.count(Refusal.CONGESTION) == 1);
    writable(joinPort, true);
    registrar.send(arrives, asked[0].from());
    assertThat(pledge.hear().octets()).containsExactly(1, 1, 2);
  }

  /** As the system's buffer being full would, of which Netty keeps account. */
  private static void writable(Channel channel, boolean isWritable) throws Exception {
    channel.eventLoop().submit(() -> channel.unsafe().outboundBuffer().setUserDefinedWritability(1, isWritable)).get();
  }
}
