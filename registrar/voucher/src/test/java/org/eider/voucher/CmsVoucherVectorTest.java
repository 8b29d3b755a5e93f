package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.pki.Certificates;
import org.eider.pki.CmsOpener;
import org.eider.pki.CmsSigned;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.pki.UntrustedException.Fault;
import org.eider.testkit.Vector;
import org.eider.testkit.Vectors;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published and derived CMS artifacts of {@code cms-voucher}, each as its manifest entry says. */
final class CmsVoucherVectorTest {
  private static final String FOLDER = "cms-voucher";

  static Stream<Vector> signed() {
    return Vectors.manifest(FOLDER).stream().filter(vector -> !vector.file().startsWith("json/"));
  }

  @Test
  void everyFileIsInTheManifest() {
    assertThat(Vectors.unlisted("cms-voucher")).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("signed")
  void artifactIsAcceptedOrRefusedAsItsManifestSays(Vector vector) throws Exception {
    String result = vector.expectResult().orElseGet(() -> "published, " + vector.verify().path("signature").asText());
    Expectation.of(result).check(new Case(vector));
  }

  @TestFactory
  Stream<DynamicTest> transactionsMatchOrMismatchAsPublished() throws Exception {
    Path folder = Vectors.folder(FOLDER);
    JsonNode transactions = new ObjectMapper().readTree(folder.resolve("transactions.json").toFile());
    assertThat(transactions.isArray() && transactions.size() > 0).isTrue();
    return Stream.iterate(0, i -> i < transactions.size(), i -> i + 1)
        .map(transactions::get)
        .map(node -> DynamicTest.dynamicTest(node.get("name").asText(), () -> checkTransaction(node)));
  }

  private static void checkTransaction(JsonNode transaction) throws Exception {
    Case pvr = new Case(vector(transaction.get("pvr").asText()));
    Case voucher = new Case(vector(transaction.get("voucher").asText()));
    VoucherRequest request = pvr.request();
    VoucherVerdict verdict = voucher.checkFor(request, voucher.anchors()).judge(voucher.voucher());
    if (transaction.get("consistent").asText().contains("MISMATCH")) {
      assertThat(verdict.whyNot()).contains(VoucherFlaw.WRONG_NONCE);
    } else {
      assertThat(verdict.whyNot()).isEmpty();
    }
    if (!transaction.path("rvr").isNull()) {
      VoucherRequest registrars = new Case(vector(transaction.get("rvr").asText())).request();
      assertThat(registrars.serialNumber()).isEqualTo(request.serialNumber());
      assertThat(registrars.nonce()).hasValueSatisfying(nonce -> assertThat(nonce.matches(request.nonce().orElseThrow())).isTrue());
    }
  }

  private static Vector vector(String file) {
    return Vectors.manifest(FOLDER).stream().filter(vector -> vector.file().equals(file)).findFirst()
        .orElseThrow(() -> new AssertionError("no entry for " + file));
  }

  /** What an expected result means for us; an unknown wording fails. */
  private interface Expectation {
    void check(Case c) throws Exception;

    static Expectation of(String result) {
      return RULES.stream().filter(rule -> result.startsWith(rule.wording)).findFirst()
          .orElseThrow(() -> new AssertionError("unknown expectation: " + result)).expectation;
    }

    record Rule(String wording, Expectation expectation) {}

    /** The first that fits counts, so particular wordings stand before general ones. */
    List<Rule> RULES = List.of(
        new Rule("published, valid", Case::isAccepted),
        new Rule("published, signed attributes verify; message-digest needs the detached content", Case::isMalformed),
        new Rule("ACCEPT", Case::isAccepted),
        new Rule("REJECT: parse error", Case::isMalformed),
        new Rule("REJECT: base64 error", Case::isMalformed),
        new Rule("REJECT (preferred) or ignore the tail", Case::isMalformed),
        new Rule("REJECT: signature does not verify", c -> c.isUntrusted(Fault.BAD_SIGNATURE)),
        new Rule("REJECT: message-digest mismatch", c -> c.isUntrusted(Fault.BAD_SIGNATURE)),
        new Rule("REJECT: nobody signed it", c -> c.isUntrusted(Fault.NO_SIGNER)),
        new Rule("REJECT by default (every SignerInfo must verify", c -> c.isUntrusted(Fault.SEVERAL_SIGNERS)),
        new Rule("REJECT: signer does not chain", c -> c.isFlawed(VoucherFlaw.SIGNER_NOT_TRUSTED)),
        new Rule("signature valid mathematically; REJECT by policy", c -> c.isUntrusted(Fault.WEAK_ALGORITHM)),
        // RFC 8366bis section 7.1 demands them, whatever the content type.
        new Rule("signature valid; RFC 5652 5.3 permits it for id-data only", c -> c.isUntrusted(Fault.NO_SIGNED_ATTRIBUTES)),
        new Rule("signature valid; REJECT: signed attributes missing", c -> c.isUntrusted(Fault.NO_SIGNED_ATTRIBUTES)),
        // We read CMS in BER, ignore unknown leaves (RFC 8366bis section 6) and refuse a byte order mark.
        new Rule("signature valid; RFC 8366 5.4 asks for DER", Case::isAccepted),
        new Rule("signature valid; RFC 7951 strict: REJECT; tolerant parsers may ignore", Case::isAccepted),
        new Rule("signature valid; implementation choice: RFC 8259 8.1", Case::isMalformedInside),
        new Rule("signature valid; REJECT when the pledge expects the nonce", c -> c.isFlawed(VoucherFlaw.WRONG_NONCE)),
        new Rule("signature valid; REJECT: serial-number is not the pledge's", c -> c.isFlawed(VoucherFlaw.WRONG_SERIAL_NUMBER)),
        new Rule("signature valid; REJECT at validation_time: expired", c -> c.isFlawed(VoucherFlaw.EXPIRED)),
        new Rule("signature valid; REJECT: YANG must-constraint", c -> c.isFlawed(VoucherFlaw.NONCE_AND_EXPIRY)),
        new Rule("signature valid; REJECT: pinned-domain-cert is mandatory", c -> c.isFlawed(VoucherFlaw.NO_PIN)),
        new Rule("signature valid; REJECT: cannot parse pinned-domain-cert", c -> c.isFlawed(VoucherFlaw.MALFORMED_PIN)),
        new Rule("signature valid; REJECT: invalid assertion", Case::isMalformedInside),
        new Rule("signature valid; REJECT: duplicate member", Case::isMalformedInside),
        new Rule("signature valid; REJECT: trailing content", Case::isMalformedInside),
        new Rule("signature valid; REJECT", c -> c.isFlawed(VoucherFlaw.OUTLIVES_PIN)),
        new Rule("signature valid; MASA must REJECT", Case::isAtOddsWithItsPriorRequest),
        new Rule("outer signature valid; MASA must REJECT the prior", Case::hasPriorRequestOfBadSignature),
        new Rule("signature valid; MASA policy: no proximity assertion possible", Case::hasNoPriorRequest));
  }

  /** One entry, and what a receiver would know when it arrives. */
  private static final class Case {
    private final Vector vector;

    Case(Vector vector) {
      this.vector = vector;
    }

    void isAccepted() throws Exception {
      CmsSigned signed = open();
      assertThat(signed.signer()).isEqualTo(key().orElseThrow());
      VectorContent.check(vector.expect(), signed);
      TrustAnchors anchors = anchors();
      assertThat(anchors.validate(signed.signerChain(), time())).startsWith(signed.signer());
      if (isVoucher()) {
        VoucherRequest asked = VoucherRequest.of(voucher().value().serialNumber()).nonce(voucher().value().nonce()).build();
        assertThat(checkFor(asked, anchors).judge(voucher()).whyNot()).isEmpty();
      }
      if (signed.certificates().isEmpty()) {
        assertThatThrownBy(() -> CmsOpener.open(artifact().bytes(), List.of()))
            .isInstanceOfSatisfying(UntrustedException.class, e -> assertThat(e.fault()).isEqualTo(Fault.SIGNER_UNKNOWN));
      }
    }

    void isMalformed() {
      assertThatThrownBy(this::open).isInstanceOf(DecodeException.class);
    }

    void isMalformedInside() throws Exception {
      CmsSigned signed = open();
      assertThat(signed.content().sha256().hex()).isEqualTo(vector.expect().path("eContent_sha256").asText());
      assertThatThrownBy(() -> {
        VoucherJson.voucher(signed.content());
        VoucherJson.request(signed.content());
      }).isInstanceOf(DecodeException.class);
    }

    void isUntrusted(Fault fault) {
      assertThat(catchThrowable(this::open))
          .isInstanceOfSatisfying(UntrustedException.class, e -> assertThat(e.fault()).isEqualTo(fault));
    }

    void isFlawed(VoucherFlaw flaw) throws Exception {
      VectorContent.check(vector.expect(), open());
      Case base = new Case(vector(vector.derived().orElseThrow().path("from").asText()));
      Verified<Voucher> original = base.voucher();
      VoucherRequest asked = VoucherRequest.of(original.value().serialNumber()).nonce(original.value().nonce()).build();
      assertThat(checkFor(asked, base.anchors()).judge(voucher()).whyNot()).contains(flaw);
    }

    void isAtOddsWithItsPriorRequest() throws Exception {
      VectorContent.check(vector.expect(), open());
      VoucherRequest outer = request();
      VoucherRequest prior = VoucherOpener.request(prior(outer), List.of()).value();
      boolean sameNonce = outer.nonce().orElseThrow().matches(prior.nonce().orElseThrow());
      assertThat(sameNonce && outer.serialNumber().equals(prior.serialNumber())).isFalse();
    }

    void hasPriorRequestOfBadSignature() throws Exception {
      VectorContent.check(vector.expect(), open());
      VoucherRequest outer = request();
      assertThatThrownBy(() -> VoucherOpener.request(prior(outer), List.of()))
          .isInstanceOfSatisfying(UntrustedException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_SIGNATURE));
    }

    void hasNoPriorRequest() throws Exception {
      VectorContent.check(vector.expect(), open());
      assertThat(request().priorSigned()).isEmpty();
    }

    VoucherCheck checkFor(VoucherRequest asked, TrustAnchors anchors) {
      return VoucherCheck.of(anchors, asked.serialNumber()).nonce(asked.nonce()).at(time()).build();
    }

    Verified<Voucher> voucher() throws Exception {
      return VoucherOpener.voucher(artifact(), known());
    }

    VoucherRequest request() throws Exception {
      return VoucherOpener.request(artifact(), known()).value();
    }

    TrustAnchors anchors() throws Exception {
      String file = vector.verify().path("trust_anchor").asText(vector.verify().path("key").asText());
      return TrustAnchors.of(certificates(file));
    }

    private boolean isVoucher() {
      return vector.expect().path("content").has("ietf-voucher:voucher");
    }

    private static VoucherArtifact prior(VoucherRequest outer) {
      return new VoucherArtifact(VoucherFormat.CMS_JSON, outer.priorSigned().orElseThrow());
    }

    private VoucherArtifact artifact() throws DecodeException {
      return VoucherFile.read(vector.octets());
    }

    private CmsSigned open() throws Exception {
      return CmsOpener.open(artifact().bytes(), known());
    }

    private List<X509Certificate> known() throws Exception {
      return key().map(List::of).orElse(List.of());
    }

    private Optional<X509Certificate> key() throws Exception {
      JsonNode key = vector.verify().path("key");
      return key.isTextual() ? Optional.of(certificates(key.asText()).get(0)) : Optional.empty();
    }

    private List<X509Certificate> certificates(String file) throws Exception {
      return Certificates.parsePem(Files.readString(vector.folder().resolve(file)));
    }

    private Instant time() {
      return vector.validationTime().orElseGet(() -> fail("no validation time for " + vector));
    }
  }
}
