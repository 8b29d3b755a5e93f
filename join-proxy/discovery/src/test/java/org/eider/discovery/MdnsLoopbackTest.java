package org.eider.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** On the loopback interface, for which nobody has to be root. */
@SuppressWarnings("try") // some are only there
class MdnsLoopbackTest {
  @Test
  void heraldAndLookoutOfOneMachineFindEachOther() throws Exception {
    InetAddress here = InetAddress.getByName("127.0.0.1");
    String loopback = NetworkInterface.getByInetAddress(here).getName();
    CoapFinding finding = new CoapFinding();
    try (MdnsHerald herald = MdnsHerald.start(List.of(loopback), "test", 35_353);
        MdnsLookout lookout = MdnsLookout.start(List.of(loopback), Set.of(Service.PROXY_TLS), finding, 35_353)) {
      herald.tell(Set.of(new Offer(Service.PROXY_TLS, loopback, here, 8443)));
      await().untilAsserted(() -> assertThat(finding.all()).extracting(sighting -> sighting.address().getPort()).contains(8443));
      assertThat(finding.all()).allSatisfy(sighting -> assertThat(sighting.address().getAddress()).isEqualTo(here));
    }
  }
}
