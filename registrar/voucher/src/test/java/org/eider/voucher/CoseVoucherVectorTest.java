package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.pki.Certificates;
import org.eider.pki.CoseMessage;
import org.eider.pki.CoseOpener;
import org.eider.pki.CoseSigned;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.pki.UntrustedException.Fault;
import org.eider.testkit.Vector;
import org.eider.testkit.Vectors;
import org.eider.voucher.KeyStyle.Keys;
import org.eider.wire.CborItem;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published and derived artifacts of {@code cose-voucher}, each as its manifest entry says; those of the COSE group stand elsewhere. */
final class CoseVoucherVectorTest {
  private static final String FOLDER = "cose-voucher";

  static Stream<Vector> signed() {
    return ours().filter(vector -> !vector.verify().path("signature").asText().equals("none"));
  }

  static Stream<Vector> unsigned() {
    return ours().filter(vector -> vector.verify().path("signature").asText().equals("none")).filter(vector -> !isDiagnostic(vector));
  }

  static Stream<Vector> diagnostic() {
    return ours().filter(CoseVoucherVectorTest::isDiagnostic);
  }

  private static Stream<Vector> ours() {
    return Vectors.manifest(FOLDER).stream().filter(vector -> !vector.file().startsWith("cose-wg/"));
  }

  private static boolean isDiagnostic(Vector vector) {
    return vector.file().endsWith(".cbordiag");
  }

  @Test
  void everyFileIsInTheManifest() {
    assertThat(Vectors.unlisted(FOLDER)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("signed")
  void artifactIsAcceptedOrRefusedAsItsManifestSays(Vector vector) throws Exception {
    String result = vector.expectResult().orElseGet(() -> "published, " + vector.verify().path("signature").asText());
    RULES.stream().filter(rule -> vector.file().startsWith(rule.file) && result.startsWith(rule.wording)).findFirst()
        .orElseThrow(() -> new AssertionError("unknown expectation: " + vector + ": " + result)).expectation.check(new Case(vector));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unsigned")
  void unsignedCborDecodesToTheFieldsOfItsManifest(Vector vector) throws Exception {
    Octets cbor = new Case(vector).octets();
    if (vector.file().equals("plain-voucher-status.hex")) {
      StatusReport report = StatusReport.parseCbor(cbor);
      JsonNode expect = vector.expect().path("payload");
      assertThat(report.version()).isEqualTo(expect.get("version").asLong());
      assertThat(report.status()).isEqualTo(expect.get("status").asBoolean());
      assertThat(report.reason()).contains(expect.get("reason").asText());
      assertThat(StatusReport.readable(cbor)).contains("{0: \"" + expect.get("reason-context").get("0").asText() + "\"}");
      assertThat(StatusReport.parseCbor(report.encodeCbor())).isEqualTo(report);
      return;
    }
    KeyStyle style = CborContent.check(vector.expect().path("payload"), cbor);
    if (vector.file().startsWith("cbrski-")) {
      assertThat(CborContent.encodedAgain(cbor, style)).isEqualTo(cbor);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("diagnostic")
  void diagnosticNotationIsThatOfThePublishedOctets(Vector vector) throws Exception {
    Octets published = new Case(vector(vector.file().replace(".cbordiag", ".hex"))).octets();
    assertThat(CborItem.read(published, 4096).diagnostic()).isEqualToIgnoringCase(vector.text().strip());
  }

  @TestFactory
  Stream<DynamicTest> transactionsMatchOrMismatchAsPublished() throws Exception {
    JsonNode transactions = new ObjectMapper().readTree(Vectors.folder(FOLDER).resolve("transactions.json").toFile());
    assertThat(transactions.isArray() && transactions.size() > 0).isTrue();
    return Stream.iterate(0, i -> i < transactions.size(), i -> i + 1).map(transactions::get)
        .map(node -> DynamicTest.dynamicTest(node.get("name").asText(), () -> checkTransaction(node)));
  }

  private static void checkTransaction(JsonNode transaction) throws Exception {
    VoucherRequest pvr = VoucherCbor.request(payload(transaction.get("pvr"))).value();
    VoucherRequest rvr = VoucherCbor.request(payload(transaction.get("rvr"))).value();
    Voucher voucher = VoucherCbor.voucher(payload(transaction.get("voucher"))).value();
    assertThat(rvr.serialNumber()).isEqualTo(pvr.serialNumber()).isEqualTo(voucher.serialNumber());
    assertThat(rvr.nonce().orElseThrow().matches(pvr.nonce().orElseThrow())).isTrue();
    assertThat(voucher.nonce().orElseThrow().matches(pvr.nonce().orElseThrow()))
        .isEqualTo(!transaction.get("consistent").asText().contains("MISMATCH"));
  }

  private static Octets payload(JsonNode file) throws Exception {
    return CoseMessage.parse(new Case(vector(file.asText())).octets()).payload();
  }

  private static Vector vector(String file) {
    return Vectors.manifest(FOLDER).stream().filter(vector -> vector.file().equals(file)).findFirst()
        .orElseThrow(() -> new AssertionError("no entry for " + file));
  }

  private interface Expectation {
    void check(Case c) throws Exception;
  }

  private record Rule(String file, String wording, Expectation expectation) {}

  /** What an expected result means for us; the first that fits counts, and an unknown file or wording fails. */
  private static final List<Rule> RULES = List.of(
      // The drafts of 2018 had no algorithm in the protected header. Their payloads are read; their signatures are not taken.
      new Rule("old-", "published, valid", c -> c.isRefusedForItsHeader(Flaw.MISSING)),
      new Rule("cbrski-", "published, valid", Case::isAccepted),
      new Rule("es256k-", "published, not verifiable", c -> c.isUntrustedAndReads(Fault.WEAK_ALGORITHM)),
      new Rule("derived/untagged", "ACCEPT", Case::isAccepted),
      new Rule("derived/truncated", "REJECT: CBOR end of input", c -> c.isMalformed(Flaw.TRUNCATED)),
      new Rule("derived/trailing", "REJECT (preferred): trailing data", c -> c.isMalformed(Flaw.TRAILING_BYTES)),
      new Rule("derived/tag98", "REJECT", c -> c.isMalformed(Flaw.UNEXPECTED)),
      new Rule("derived/bad-signature", "REJECT: signature does not verify", c -> c.isUntrustedAndReads(Fault.BAD_SIGNATURE)),
      new Rule("derived/tampered-serial", "REJECT: signature does not verify", c -> c.isUntrustedAndReads(Fault.BAD_SIGNATURE)),
      new Rule("derived/alg-es384-header", "REJECT: signature does not verify / key type", c -> c.isUntrustedAndReads(Fault.BAD_SIGNATURE)),
      new Rule("derived/alg-moved-to-unprotected", "REJECT: Sig_structure differs", c -> c.isRefusedForItsHeader(Flaw.MISSING)),
      new Rule("derived/payload-nil", "REJECT: no payload", c -> c.isMalformed(Flaw.MISSING)),
      // RFC 9053 section 2.1 and spec 03 section 8: strict.
      new Rule("derived/der-signature", "REJECT in strict mode (RFC 9053 2.1)", c -> c.isUntrustedAndReads(Fault.BAD_SIGNATURE)),
      new Rule("derived/protected-a0-noalg", "REJECT in strict mode", c -> c.isRefusedForItsHeader(Flaw.MISSING)),
      new Rule("derived/assertion-text", "signature valid; ACCEPT only in tolerant mode", c -> c.isMalformedInside(Flaw.WRONG_TYPE)),
      new Rule("derived/assertion-99", "signature valid; REJECT", c -> c.isMalformedInside(Flaw.OUT_OF_RANGE)),
      new Rule("derived/duplicate-key", "signature valid; REJECT: duplicate key", c -> c.isMalformedInside(Flaw.DUPLICATE_KEY)),
      new Rule("derived/names-instead-of-sids", "signature valid; registrar and MASA must ACCEPT", c -> c.isAcceptedWith(Keys.NAMES)),
      new Rule("derived/tag47-keys", "signature valid; ACCEPT", c -> c.isAcceptedWith(Keys.SIDS)),
      new Rule("derived/indefinite-map", "signature valid; ACCEPT", c -> c.isAcceptedWith(Keys.SIDS)),
      new Rule("derived/wrong-nonce", "signature valid; REJECT when the pledge sent", c -> c.isFlawed(VoucherFlaw.WRONG_NONCE)),
      new Rule("derived/wrong-serial", "signature valid; REJECT", c -> c.isFlawed(VoucherFlaw.WRONG_SERIAL_NUMBER)),
      new Rule("derived/expires-and-nonce", "signature valid; REJECT", c -> c.isFlawed(VoucherFlaw.NONCE_AND_EXPIRY)),
      new Rule("derived/nonceless", "signature valid; ACCEPT before / REJECT after expires-on", Case::isAcceptedUntilItExpires));

  /** One entry, and what a receiver would know when it arrives. */
  private static final class Case {
    private final Vector vector;

    Case(Vector vector) {
      this.vector = vector;
    }

    Octets octets() throws DecodeException {
      return vector.encoding().startsWith("hex") ? vector.hex() : vector.octets();
    }

    void isAccepted() throws Exception {
      isAcceptedWith(Keys.SIDS);
    }

    void isAcceptedWith(Keys keys) throws Exception {
      CoseSigned signed = open();
      assertThat(signed.signer().getPublicKey()).isEqualTo(key().getPublicKey());
      checkCose();
      assertThat(CborContent.check(vector.expect().path("payload"), signed.content()).keys()).isEqualTo(keys);
      assertThat(anchors().validate(signed.signerChain(), time())).startsWith(signed.signer());
      if (isVoucher()) {
        assertThat(verdict(voucher(), voucher().value(), time()).whyNot()).isEmpty();
      }
      if (signed.certificates().isEmpty()) {
        assertThatThrownBy(() -> CoseOpener.open(octets(), List.of()))
            .isInstanceOfSatisfying(UntrustedException.class, e -> assertThat(e.fault()).isEqualTo(Fault.SIGNER_UNKNOWN));
      }
    }

    void isAcceptedUntilItExpires() throws Exception {
      isAccepted();
      Instant end = voucher().value().expiresOn().orElseThrow();
      assertThat(verdict(voucher(), voucher().value(), end.plusSeconds(1)).whyNot()).contains(VoucherFlaw.EXPIRED);
    }

    void isMalformed(Flaw flaw) {
      assertThat(catchThrowable(this::open)).isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
    }

    void isRefusedForItsHeader(Flaw flaw) throws Exception {
      isMalformed(flaw);
      checkCose();
      CborContent.check(vector.expect().path("payload"), CoseMessage.parse(octets()).payload());
    }

    void isUntrustedAndReads(Fault fault) throws Exception {
      assertThat(catchThrowable(this::open)).isInstanceOfSatisfying(UntrustedException.class, e -> assertThat(e.fault()).isEqualTo(fault));
      checkCose();
      CborContent.check(vector.expect().path("payload"), CoseMessage.parse(octets()).payload());
    }

    void isMalformedInside(Flaw flaw) throws Exception {
      checkCose();
      assertThat(open().content().sha256().hex()).isEqualTo(vector.expect().path("cose").path("payload_sha256").asText());
      assertThat(catchThrowable(this::voucher)).isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
    }

    void isFlawed(VoucherFlaw flaw) throws Exception {
      checkCose();
      CborContent.check(vector.expect().path("payload"), open().content());
      Voucher original = new Case(vector(vector.derived().orElseThrow().path("from").asText())).voucher().value();
      assertThat(verdict(voucher(), original, time()).whyNot()).contains(flaw);
    }

    private void checkCose() throws Exception {
      JsonNode cose = vector.expect().path("cose");
      CoseMessage read = CoseMessage.parse(octets());
      assertThat(read.isTagged()).isEqualTo(!cose.path("tag").isNull());
      assertThat(read.protectedOctets().hex()).isEqualTo(cose.path("protected_hex").asText());
      assertThat(read.payload().size()).isEqualTo(cose.path("payload_len").asInt());
      assertThat(read.payload().sha256().hex()).isEqualTo(cose.path("payload_sha256").asText());
      assertThat(read.signature().size()).isEqualTo(cose.path("signature_len").asInt());
      List<String> digests = cose.path("unprotected").path("32").findValuesAsText("sha256");
      assertThat(read.certificates().stream().map(der -> der.sha256().hex()).toList()).isEqualTo(digests);
    }

    private VoucherVerdict verdict(Verified<Voucher> voucher, Voucher asked, Instant at) throws Exception {
      return VoucherCheck.of(anchors(), asked.serialNumber()).nonce(asked.nonce()).at(at).build().judge(voucher);
    }

    private Verified<Voucher> voucher() throws Exception {
      Verified<Voucher> voucher = VoucherOpener.voucher(artifact(), List.of(key()));
      assertThat(voucher.keyStyle()).isPresent();
      return voucher;
    }

    private VoucherArtifact artifact() throws DecodeException {
      return new VoucherArtifact(VoucherFormat.COSE_CBOR, octets());
    }

    private boolean isVoucher() {
      Map.Entry<String, JsonNode> top = vector.expect().path("payload").properties().iterator().next();
      return top.getKey().contains("ietf-voucher:voucher");
    }

    private CoseSigned open() throws Exception {
      return CoseOpener.open(octets(), List.of(key()));
    }

    private X509Certificate key() throws Exception {
      return certificates(vector.verify().path("key").asText("keys/cbrski-masa_ca.crt"));
    }

    private TrustAnchors anchors() throws Exception {
      String file = vector.verify().path("trust_anchor").asText(vector.verify().path("key").asText());
      return TrustAnchors.of(List.of(certificates(file)));
    }

    private X509Certificate certificates(String file) throws Exception {
      return Certificates.parsePem(Files.readString(vector.folder().resolve(file))).get(0);
    }

    private Instant time() {
      return vector.validationTime().orElseGet(() -> fail("no validation time for " + vector));
    }
  }
}
