package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.eider.cli.CommandFailure;
import org.eider.discovery.Method;
import org.eider.testkit.VethPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProxyProcessTest {
  private static final ProxyConfig STANDARD = ProxyConfig.standard();

  @TempDir
  private Path data;

  private static ProxyConfig config(String pledges, String domain) {
    return new ProxyConfig(new ProxyConfig.Listen(List.of(pledges), false, 0, 0, 0, List.of()), List.of(), List.of(),
        new ProxyConfig.Discovery(List.of(Method.MDNS), List.of(domain), List.of(), false), STANDARD.circuits(), STANDARD.stateful(),
        STANDARD.stateless(), STANDARD.bootstrap(), STANDARD.log(), STANDARD.drain());
  }

  @Test
  void doesNotLookForRegistrarsWherePledgesAre() throws Exception {
    try (VethPair link = VethPair.create()) {
      assertThatThrownBy(() -> ProxyProcess.start(config(link.one(), link.one()), data, false, port -> { }, System::nanoTime))
          .isInstanceOf(CommandFailure.class).hasMessageContaining("pledges on " + link.one());
      ProxyProcess.start(config(link.one(), link.other()), data, false, port -> { }, System::nanoTime).close();
    }
  }
}
