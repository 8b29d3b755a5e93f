package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Devices with an IDevID and a link-local address, a join proxy, and a registrar beyond it that they cannot reach, on three hosts. The
 * cable between device and proxy loses, repeats and reorders frames; at 5 % that between proxy and registrar does too.
 */
@ParameterizedClass(name = "{0} % lost, repeated, overtaken")
@ValueSource(ints = {0, 5, 20})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JoinProxyCellTest {
  private static final int DEVICES = 8;

  @Parameter int percent;
  @TempDir Path folder;

  private ProxiedCell cell;
  private Optional<ImpairedLink> cable = Optional.empty();
  private Optional<ImpairedLink> siteCable = Optional.empty();

  @BeforeParameterizedClassInvocation
  void buildTheCell() throws Exception {
    Programs.needsNamespaces();
    if (percent > 0) {
      Programs.needs("socat");
    }
    cell = ProxiedCell.start(DEVICES, this::lay);
  }

  private NetworkCell lay(Path data) throws Exception {
    cable = Optional.of(percent).filter(some -> some > 0).map(some -> new ImpairedLink(data, some, some));
    siteCable = Optional.of(percent).filter(some -> some == 5).map(some -> new ImpairedLink(data, some, some + 1));
    return NetworkCell.build(wiring(cable), wiring(siteCable));
  }

  private static NetworkCell.Wiring wiring(Optional<ImpairedLink> impaired) {
    return impaired.<NetworkCell.Wiring>map(link -> link).orElse(NetworkCell::veth);
  }

  @AfterParameterizedClassInvocation
  void removeTheCell() throws Exception {
    if (cell != null) {
      cell.close();
    }
  }

  @Test
  void circuitFoundByGrasp() throws Exception {
    onboards("circuit", "grasp");
  }

  @Test
  void circuitFoundByMdns() throws Exception {
    onboards("circuit", "mdns");
  }

  @Test
  void statefulProxyFoundByCoap() throws Exception {
    onboards("stateful", "coap");
  }

  @Test
  void statelessProxyFoundByGrasp() throws Exception {
    onboards("stateless", "grasp");
  }

  /** What else goes together; circuits are nothing that CoAP tells of. */
  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource
  void otherPairsOfModeAndDiscovery(String mode, String discovery) throws Exception {
    onboards(mode, discovery);
  }

  Stream<Arguments> otherPairsOfModeAndDiscovery() {
    return percent > 0 ? Stream.of()
        : Stream.of(Arguments.of("stateful", "grasp"), Arguments.of("stateful", "mdns"), Arguments.of("stateless", "mdns"), Arguments.of("stateless", "coap"));
  }

  /** The device finds the proxy, and the proxy the registrar, by that protocol. */
  private void onboards(String mode, String discovery) throws Exception {
    Path own = Files.createDirectories(folder.resolve(mode + "-" + discovery));
    try (ServerProcess proxy = cell.proxy(own, mode, discovery)) {
      assertThat(proxy.ready().get(0)).contains("fe80:", "%" + NetworkCell.CELL_LINK);
      cell.onboards(own, discovery, proxy);
    }
    assertThat(cable.isPresent()).as("a cable that loses %d %% of frames", percent).isEqualTo(percent > 0);
    cable.ifPresent(impaired -> assertThat(impaired.lost()).as("frames that were lost, of %d carried", impaired.carried()).isPositive());
    siteCable.ifPresent(impaired -> assertThat(impaired.carried()).as("frames carried, of which %d were lost", impaired.lost()).isPositive());
  }
}
