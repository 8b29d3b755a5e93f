package org.eider.registrar.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.pki.Certificates;
import org.eider.registrar.AuditPolicy;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bodies of the admin port are read or refused; a manufacturer that was read is written, and is the same. */
class AdminJsonFuzzTest {
  static Stream<Arguments> seeds() {
    String pem = Certificates.pem(List.of(TestPki.root("Maker").certificate()));
    return Seeds.of(
        new String(AdminJson.encode(new ManufacturerForm("acme", pem, Optional.of("masa.example.net"), List.of("a.example.net"), pem, pem, "auto",
            "subject-serial-number", false,
            Optional.of(AuditPolicyForm.of(AuditPolicy.standard())), Optional.of("2018"))).toArray(), java.nio.charset.StandardCharsets.UTF_8),
        "{\"manufacturer\":\"acme\",\"serials\":[\"SN-1\",null]}", "{\"manufacturer\":\"acme\",\"serial\":\"SN-1\",\"approved\":true,\"valid_seconds\":60,\"by\":\"x\",\"reason\":\"y\\n\"}",
        "null", "[]", "{\"name\":{}}", "{\"a\":".repeat(900), "[".repeat(2000),
        "{\"ignore_idevid_validity\":1e400}", "{\"name\":" + "1".repeat(1200) + "}").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsAFormOrRefuses(byte[] input) {
    Octets json = Octets.of(input);
    Hostile.read(() -> form(json).manufacturer()).ifPresent(manufacturer -> {
      Octets written = AdminJson.encode(ManufacturerForm.of(manufacturer));
      assertThat(Hostile.read(() -> form(written).manufacturer())).contains(manufacturer);
    });
    Hostile.read(() -> decoded(json, DecisionForm.class)).ifPresent(decision -> {
      assertThat(decision.reason()).hasSizeLessThanOrEqualTo(DecisionForm.MAX_REASON).doesNotContainPattern("\\p{Cntrl}");
      assertThat(Hostile.read(() -> decoded(AdminJson.encode(decision), DecisionForm.class))).contains(decision);
    });
    Hostile.read(() -> decoded(json, AdminRoutes.Expected.class)).ifPresent(expected -> assertThat(expected.serials()).doesNotContainNull());
  }

  private static ManufacturerForm form(Octets json) throws DecodeException {
    return decoded(json, ManufacturerForm.class);
  }

  private static <T> T decoded(Octets json, Class<T> type) throws DecodeException {
    try {
      return AdminJson.decode(json, type);
    } catch (IOException declared) {
      throw new DecodeException(Flaw.WRONG_TYPE, "body", "not the JSON", declared);
    }
  }
}
