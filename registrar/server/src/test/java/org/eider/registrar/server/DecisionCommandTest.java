package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceState;
import org.eider.registrar.Fact;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.store.SqlStore;
import org.eider.registrar.store.StoreConfig;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code pending}, {@code approve} and {@code deny}, on a registrar that runs and on one that does not. */
class DecisionCommandTest {
  private static final Instant SINCE = TestPki.NOW.minusSeconds(3600);

  @TempDir Path data;
  private TestSite site;

  @BeforeEach
  void seed() throws Exception {
    site = new TestSite(data);
    site.administration().put(site.manufacturer(Manufacturer.Admission.MANUAL));
    site.registrar.close();
    try (SqlStore store = SqlStore.open(StoreConfig.in(data))) {
      store.devices().append(List.of(held("acme", "SN-2", SINCE.plusSeconds(60)), held("acme", "SN-1", SINCE), held("gone", "SN 3; reboot", SINCE.plusSeconds(9))));
    }
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private static Fact held(String manufacturer, String serial, Instant at) {
    return new Fact.DeviceEvent(new DeviceId(manufacturer, serial), at, Fact.DeviceEvent.Kind.HELD, Optional.of(DeviceState.REQUESTED), "s-1",
        Optional.of("MANUAL"), "an operator has to approve this device", Optional.empty(), Optional.empty());
  }

  private void run(boolean running) throws Exception {
    if (running) {
      site.start(TestSite.config());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoWaitsIsShownTheLongestFirstWithWhatToType(boolean running) throws Exception {
    run(running);
    JsonNode waiting = Ran.on(data, "pending", "--json").json();
    assertThat(waiting).extracting(device -> device.get("serial").textValue()).containsExactly("SN-1", "SN 3; reboot", "SN-2");
    assertThat(waiting.get(0).get("since").textValue()).isEqualTo(SINCE.toString());
    assertThat(waiting.get(0).get("rule").textValue()).isEqualTo("MANUAL");
    assertThat(waiting.get(0).get("why").textValue()).contains("operator");
    assertThat(waiting.get(0).get("approve").textValue()).isEqualTo("eider registrar approve acme/SN-1 --data " + data);
    assertThat(waiting.get(1).get("approve").textValue()).startsWith("eider registrar approve 'gone/SN 3; reboot' --data ");
    assertThat(Ran.on(data, "pending").ok().out()).contains("WAITS SINCE", "SN-2", "eider registrar approve acme/SN-1 ",
        "eider registrar deny acme/SN-1 ");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDecisionEndsTheWaitingAndStaysWithTheDevice(boolean running) throws Exception {
    run(running);
    assertThat(Ran.on(data, "approve", "SN-1", "--reason", "came\nwith the \u001b[31mlorry\u009b1m").ok().out()).startsWith("approved acme/SN-1 until ");
    assertThat(Ran.on(data, "deny", "gone/SN 3; reboot").ok().out()).startsWith("denied gone/SN 3; reboot until ");
    assertThat(Ran.on(data, "pending", "--json").json()).extracting(device -> device.get("serial").textValue()).containsExactly("SN-2");

    JsonNode approved = Ran.on(data, "devices", "SN-1", "--json").json();
    assertThat(approved.get("held").isNull()).isTrue();
    JsonNode decision = approved.get("decision");
    assertThat(decision.get("approved").booleanValue()).isTrue();
    assertThat(decision.get("by").textValue()).isEqualTo(System.getProperty("user.name"));
    assertThat(decision.get("reason").textValue()).isEqualTo("came?with the ?[31mlorry?1m");
    assertThat(lasts(decision)).isEqualTo(Duration.ofHours(24));
    assertThat(approved.get("decisions")).containsExactly(decision);

    JsonNode denied = Ran.on(data, "devices", "SN 3; reboot", "--json").json();
    assertThat(denied.get("state").textValue()).isEqualTo("refused");
    assertThat(denied.get("refused").textValue()).startsWith("DENIED: ");
    assertThat(lasts(denied.get("decision"))).isEqualTo(Duration.ofDays(365));
    assertThat(Ran.on(data, "devices", "SN-1").ok().out()).containsPattern("decision +approved by ");
    assertThat(Ran.on(data, "devices", "SN-2").ok().out()).containsPattern("waits +since .*MANUAL");
    assertThat(Ran.on(data, "devices").ok().out()).contains("MANUAL: an operator has to approve this device");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeviceCanBeDecidedBeforeItComesWhenItIsNamedInFull(boolean running) throws Exception {
    run(running);
    assertThat(Ran.on(data, "approve", "NEW-1").failed().err()).contains("MANUFACTURER/SERIAL");
    assertThat(Ran.on(data, "approve", "acme/NEW-1", "--for", "7d").ok().out()).startsWith("approved acme/NEW-1 until ");
    assertThat(lasts(Ran.on(data, "devices", "NEW-1", "--json").json().get("decision"))).isEqualTo(Duration.ofDays(7));
    assertThat(Ran.on(data, "approve", "nobody/NEW-1").failed().err()).contains("manufacturer list");
    assertThat(Ran.on(data, "devices", "--json").json()).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aReasonOrANameThatIsTooLongIsRefused(boolean running) throws Exception {
    run(running);
    Ran ran = Ran.on(data, "approve", "SN-1", "--reason", "x".repeat(201));
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("200 characters");
    assertThat(Ran.on(data, "approve", "acme/" + "9".repeat(256)).exit()).isEqualTo(2);
    Ran.on(data, "approve", "SN-1", "--reason", "x".repeat(200)).ok();
  }

  @Test
  void aSerialNumberThatLooksLikeAnothersFullNameIsNotTakenForIt() throws Exception {
    try (SqlStore store = SqlStore.open(StoreConfig.in(data))) {
      store.devices().append(List.of(held("evil", "acme/SN-1", SINCE), held("evil", "other/1", SINCE), held("evil", "SN-2", SINCE)));
    }
    assertThat(Ran.on(data, "approve", "acme/SN-1").ok().out()).startsWith("approved acme/SN-1 ");
    assertThat(Ran.on(data, "deny", "evil/acme/SN-1").ok().out()).startsWith("denied evil/acme/SN-1 ");
    assertThat(Ran.on(data, "deny", "other/1").ok().out()).startsWith("denied evil/other/1 ");
    assertThat(Ran.on(data, "approve", "SN-2").failed().err()).contains("several manufacturers").contains("acme/SN-2, evil/SN-2");
  }

  @Test
  void nobodyWaitsIsSaid() throws Exception {
    Ran.on(data, "deny", "SN-1").ok();
    Ran.on(data, "deny", "SN-2").ok();
    Ran.on(data, "deny", "SN 3; reboot").ok();
    assertThat(Ran.on(data, "pending").ok().out()).isEqualTo("nobody waits\n");
    assertThat(Ran.on(data, "pending", "--json").json()).isEmpty();
  }

  private static Duration lasts(JsonNode decision) {
    return Duration.between(Instant.parse(decision.get("at").textValue()), Instant.parse(decision.get("until").textValue()));
  }
}
