package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** YANG-CBOR (RFC 9254) of vouchers and requests, by the numbers of RFC 8366bis section 8. */
final class VoucherCborTest {
  private static final Octets DER = Octets.of(new byte[300]);
  private static final Nonce NONCE = Nonce.of(Octets.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
  private static final Instant TIME = Instant.parse("2026-11-21T12:00:00Z");
  private static final Voucher VOUCHER = Voucher.of("SN-1").assertion(Assertion.PROXIMITY).createdOn(TIME).expiresOn(TIME)
      .lastRenewalDate(TIME).revocationChecks(false).nonce(Optional.of(NONCE)).idevidIssuer(DER).pinnedDomainCert(DER)
      .estDomain(URI.create("https://est.example")).additionalConfigurationUrl(URI.create("https://more.example")).build();
  private static final VoucherRequest REQUEST = VoucherRequest.of("SN-1").assertion(Optional.of(Assertion.AGENT_PROXIMITY)).createdOn(TIME)
      .expiresOn(TIME).nonce(Optional.of(NONCE)).idevidIssuer(DER).proximityRegistrarCert(DER).proximityRegistrarKey(DER)
      .proximityRegistrarKeySha256(DER).priorSigned(DER).build();

  static Stream<KeyStyle> styles() {
    return Stream.of(KeyStyle.sids(SidRevision.CURRENT), KeyStyle.sids(SidRevision.DRAFTS_OF_2018), KeyStyle.names());
  }

  @ParameterizedTest
  @MethodSource("styles")
  void everyLeafComesBackInEveryStyleAndTheStyleIsTold(KeyStyle style) throws DecodeException {
    assertThat(VoucherCbor.voucher(VoucherCbor.encode(VOUCHER, style))).isEqualTo(new VoucherCbor.Decoded<>(VOUCHER, style));
    assertThat(VoucherCbor.request(VoucherCbor.encode(REQUEST, style))).isEqualTo(new VoucherCbor.Decoded<>(REQUEST, style));
  }

  @Test
  void numbersAreThoseOfTheSidFileInAscendingOrder() {
    Voucher voucher = Voucher.of("A").assertion(Assertion.LOGGED).nonce(Optional.of(NONCE)).build();
    assertThat(VoucherCbor.encode(voucher, KeyStyle.sids(SidRevision.CURRENT)).hex())
        .isEqualTo("a1190993a3" + "0101" + "07480102030405060708" + "0b6141");
    VoucherRequest request = VoucherRequest.of("A").priorSigned(Octets.of(new byte[1])).build();
    assertThat(VoucherCbor.encode(request, KeyStyle.sids(SidRevision.CURRENT)).hex()).isEqualTo("a11909c5a2" + "094100" + "0d6141");
  }

  /** Each of these is the same voucher for SN-1: 534e2d31. */
  @ParameterizedTest
  @ValueSource(strings = {
      "a1190993a10b64534e2d31",
      "a1d82f190993a1d82f19099e64534e2d31",
      "bf190993bf0b64534e2d31ffff",
      "a1190993a16d73657269616c2d6e756d62657264534e2d31",
      "a17469657466 2d766f75636865723a766f7563686572a16d73657269616c2d6e756d62657264534e2d31",
      "a17469657466 2d766f75636865723a766f7563686572a10b64534e2d31",
      "a1190993a1781a696574662d766f75636865723a73657269616c2d6e756d62657264534e2d31",
      "a11a00000993a1180b64534e2d31",
      "a1190993a20b64534e2d3139012cf6",
      "a1190993a20b64534e2d316165a0",
      "a1190993a20b64534e2d31d82f190fa0a1010a"})
  void differencesAbsoluteNumbersNamesAndMixturesMeanTheSame(String hex) throws DecodeException {
    assertThat(VoucherCbor.voucher(cbor(hex)).value()).isEqualTo(Voucher.of("SN-1").build());
  }

  @Test
  void aNegativeDifferenceIsANumberBelowTheContainer() throws DecodeException {
    assertThat(VoucherCbor.voucher(cbor("a1190993a20b64534e2d312005")).value()).isEqualTo(Voucher.of("SN-1").build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a1190993a20b64534e2d310b64534e2d32",
      "a1190993a20b64534e2d316d73657269616c2d6e756d62657264534e2d32",
      "a1190993a20b64534e2d31d82f19099e64534e2d32",
      "a1190993a26d73657269616c2d6e756d62657264534e2d31d82f19099e64534e2d32",
      "a1190993a30b64534e2d31186301d82f1909f602",
      "a1190993a30b64534e2d316178016178 02",
      "a1190993a3 0b64534e2d31 20 05 d82f190992 05"})
  void aMemberThatIsThereTwiceIsRefusedWhateverItsKeys(String hex) {
    refused(Flaw.DUPLICATE_KEY, hex);
  }

  /** Spec 03 section 8 number 12. */
  @Test
  void theNumbersOfARequestAreNotReadAsThoseOfAVoucher() {
    refused(Flaw.MISSING, VoucherCbor.encode(REQUEST, KeyStyle.sids(SidRevision.CURRENT)).hex());
    assertThatExceptionOfType(DecodeException.class)
        .isThrownBy(() -> VoucherCbor.request(VoucherCbor.encode(VOUCHER, KeyStyle.sids(SidRevision.CURRENT))));
    refused(Flaw.MISSING, "a1190993a10d64534e2d31");
    refused(Flaw.MISSING, VoucherCbor.encode(REQUEST, KeyStyle.names()).hex());
  }

  @Test
  void theTextOfANumberIsNotTheNumber() {
    refused(Flaw.MISSING, "a1190993a162313164534e2d31");
    refused(Flaw.MISSING, "a16432343531a10b64534e2d31");
  }

  /** Spec 03 section 8 number 13. */
  @ParameterizedTest
  @CsvSource({"7", "33", "0"})
  void aNonceOfTheWrongLengthIsRefused(int size) {
    String head = size < 24 ? String.format("%02x", 0x40 + size) : "58" + String.format("%02x", size);
    refused(Flaw.OUT_OF_RANGE, "a1190993a20b64534e2d3107" + head + "00".repeat(size));
    assertThatExceptionOfType(DecodeException.class)
        .isThrownBy(() -> VoucherCbor.request(cbor("a11909c5a20d64534e2d3107" + head + "00".repeat(size))))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.OUT_OF_RANGE));
  }

  @ParameterizedTest
  @CsvSource({"8", "32"})
  void aNonceOfEightTo32OctetsIsRead(int size) throws DecodeException {
    String head = size < 24 ? String.format("%02x", 0x40 + size) : "58" + String.format("%02x", size);
    assertThat(VoucherCbor.voucher(cbor("a1190993a20b64534e2d3107" + head + "00".repeat(size))).value().nonce().orElseThrow().octets().size())
        .isEqualTo(size);
  }

  @ParameterizedTest
  @CsvSource({"'',TRUNCATED", "a0,UNEXPECTED", "80,WRONG_TYPE", "a2190993a0190994a0,UNEXPECTED", "a119099380,WRONG_TYPE", "a1190993a0,MISSING",
      "a1190993a10b44534e2d31,WRONG_TYPE", "a1190993a10b60,OUT_OF_RANGE", "a1190993a10b6107,OUT_OF_RANGE",
      "a1190993a20b64534e2d310118 63,OUT_OF_RANGE", "a1190993a20b64534e2d31016970726f78696d697479,WRONG_TYPE",
      "a1190993a20b64534e2d310120,WRONG_TYPE", "a1190993a20b64534e2d31076842424242,TRUNCATED", "a1190993a20b64534e2d31076442424242,WRONG_TYPE",
      "a1190993a20b64534e2d310301,WRONG_TYPE", "a1190993a20b64534e2d3102c01a5c000000,WRONG_TYPE", "a1190993a20b64534e2d31026178,WRONG_TYPE",
      "a1190993a10b64534e2d3100,TRAILING_BYTES", "a1190993a20b64534e2d31410501,WRONG_TYPE", "a1190993a20b64534e2d31d82e0501,WRONG_TYPE",
      "a1190993a20b64534e2d31d82f2005,WRONG_TYPE", "a1190993a20b64534e2d311b7fffffffffffffff00,OUT_OF_RANGE",
      "a1190993a20b64534e2d311bffffffffffffffff00,OUT_OF_RANGE", "c1a1190993a10b64534e2d31,WRONG_TYPE"})
  void whatIsNoVoucherIsRefused(String hex, Flaw flaw) {
    refused(flaw, hex);
  }

  @Test
  void theDraftsOf2018AreReadWithTheTypesOfTheirTime() throws DecodeException {
    String hex = "a11a000f46c2" + "a4" + "0169" + Octets.utf8("proximity").hex() + "02c11a5d1e4b37" + "0a" + "4153"
        + "076b" + Octets.utf8("AAECAwQFBgc").hex();
    VoucherCbor.Decoded<VoucherRequest> read = VoucherCbor.request(cbor(hex));
    assertThat(read.style()).isEqualTo(KeyStyle.sids(SidRevision.DRAFTS_OF_2018));
    assertThat(read.value().assertion()).contains(Assertion.PROXIMITY);
    assertThat(read.value().serialNumber()).isEqualTo("S");
    assertThat(read.value().createdOn()).contains(Instant.ofEpochSecond(0x5d1e4b37));
    assertThat(read.value().nonce().orElseThrow().octets().hex()).isEqualTo("0001020304050607");
  }

  private static Octets cbor(String hex) throws DecodeException {
    return Octets.hex(hex.replace(" ", ""));
  }

  private static void refused(Flaw flaw, String hex) {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> VoucherCbor.voucher(cbor(hex))).satisfies(e -> assertThat(e.flaw()).isEqualTo(flaw));
  }
}
