package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VoucherJsonTest {
  private static final Nonce NONCE = Nonce.of(Octets.utf8("0123456789abcdef"));

  @Test
  void voucherWithEveryLeafComesBackUnchanged() throws Exception {
    Voucher voucher = Voucher.of("SN-1")
        .assertion(Assertion.AGENT_PROXIMITY)
        .createdOn(Instant.parse("2026-11-21T12:00:00.123Z"))
        .expiresOn(Instant.parse("2026-12-21T12:00:00Z"))
        .lastRenewalDate(Instant.parse("2027-11-21T12:00:00Z"))
        .revocationChecks(false)
        .nonce(Optional.of(NONCE))
        .idevidIssuer(Octets.utf8("issuer"))
        .pinnedDomainCert(Octets.utf8("certificate"))
        .pinnedDomainKey(Octets.utf8("key"))
        .pinnedDomainKeySha256(Octets.utf8("digest"))
        .estDomain(URI.create("https://est.example"))
        .additionalConfigurationUrl(URI.create("https://more.example/x"))
        .build();
    assertThat(VoucherJson.voucher(VoucherJson.encode(voucher))).isEqualTo(voucher);
  }

  @Test
  void requestWithEveryLeafComesBackUnchanged() throws Exception {
    VoucherRequest request = VoucherRequest.of("SN-1")
        .assertion(Optional.of(Assertion.PROXIMITY))
        .createdOn(Instant.parse("2026-11-21T12:00:00Z"))
        .expiresOn(Instant.parse("2026-12-21T12:00:00Z"))
        .nonce(Optional.of(NONCE))
        .idevidIssuer(Octets.utf8("issuer"))
        .proximityRegistrarCert(Octets.utf8("certificate"))
        .proximityRegistrarKey(Octets.utf8("key"))
        .proximityRegistrarKeySha256(Octets.utf8("digest"))
        .priorSigned(Octets.utf8("prior"))
        .build();
    assertThat(VoucherJson.request(VoucherJson.encode(request))).isEqualTo(request);
  }

  @Test
  void encodingIsTheSkeletonOfTheRfc() {
    VoucherRequest request = VoucherRequest.of("SN-1").assertion(Optional.of(Assertion.PROXIMITY)).nonce(Optional.of(NONCE))
        .createdOn(Instant.parse("2026-11-02T10:00:00Z")).proximityRegistrarCert(Octets.utf8("der")).build();
    assertThat(VoucherJson.encode(request).utf8()).isEqualTo("{\"ietf-voucher-request:voucher\":{\"assertion\":\"proximity\","
        + "\"created-on\":\"2026-11-02T10:00:00Z\",\"nonce\":\"MDEyMzQ1Njc4OWFiY2RlZg==\",\"serial-number\":\"SN-1\","
        + "\"proximity-registrar-cert\":\"ZGVy\"}}");
  }

  @Test
  void nonceInBase64UrlIsCopiedVerbatim() throws Exception {
    VoucherRequest request = VoucherJson.request(request("\"nonce\":\"-_XE9zK9q8Ll1qylMtLKeg\""));
    assertThat(request.nonce().orElseThrow().octets().size()).isEqualTo(16);
    assertThat(VoucherJson.encode(request).utf8()).contains("\"nonce\":\"-_XE9zK9q8Ll1qylMtLKeg\"");
  }

  @Test
  void escapedSolidusInBase64IsRead() throws Exception {
    assertThat(VoucherJson.request(request("\"proximity-registrar-cert\":\"\\/\\/8=\"")).proximityRegistrarCert())
        .contains(Octets.hex("ffff"));
  }

  @Test
  void leavesThatReceiversIgnoreInARequestMayHoldAnything() throws Exception {
    VoucherRequest request = VoucherJson.request(
        request("\"pinned-domain-cert\":7,\"last-renewal-date\":[],\"domain-cert-revocation-checks\":\"no\",\"unknown\":{\"x\":1}"));
    assertThat(request).isEqualTo(VoucherRequest.of("SN-1").build());
  }

  @ParameterizedTest
  @CsvSource({
      "2026-11-21T12:00:00Z,2026-11-21T12:00:00Z",
      "2026-11-21t12:00:00z,2026-11-21T12:00:00Z",
      "2026-11-21T12:00:00.5-04:00,2026-11-21T16:00:00.500Z",
      "2026-11-21T12:00:00.1234567891234+05:30,2026-11-21T06:30:00.123456789Z",
      "2016-12-31T23:59:60Z,2016-12-31T23:59:59Z",
      "2026-11-21T12:00:00-00:00,2026-11-21T12:00:00Z",
      "2017-09-01,2017-09-01T00:00:00Z",
  })
  void datesAreThoseOfRfc3339OrBare(String text, Instant instant) throws Exception {
    assertThat(VoucherJson.request(request("\"created-on\":\"" + text + "\"")).createdOn()).contains(instant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "now", "2026-11-21 12:00:00Z", "2026-11-21T12:00Z", "2026-11-21T12:00:00", "2026-13-01T00:00:00Z",
      "2026-02-30T00:00:00Z", "2026-11-21T12:00:00+19:00", "2026-11-21T12:00:00.Z", "+2026-11-21", "20261121T120000Z"})
  void otherDatesAreRefused(String text) {
    assertThatThrownBy(() -> VoucherJson.request(request("\"created-on\":\"" + text + "\""))).isInstanceOf(DecodeException.class);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "{\"ietf-voucher-request:voucher\":{}} | MISSING",
      "{\"ietf-voucher:voucher\":{\"serial-number\":\"SN-1\"}} | MISSING",
      "{\"ietf-voucher-request:voucher\":[]} | MISSING",
      "{\"ietf-voucher-request:voucher\":{\"serial-number\":\"SN-1\"},\"x\":1} | UNEXPECTED",
      "{\"ietf-voucher-request:voucher\":{\"serial-number\":\"a\",\"serial-number\":\"a\"}} | DUPLICATE_KEY",
      "{\"ietf-voucher-request:voucher\":{\"serial-number\":\"SN-1\"}}{} | TRAILING_BYTES",
      "{\"ietf-voucher-request:voucher\":{\"serial-number\":\"SN-1\"} | TRUNCATED",
      "{\"ietf-voucher-request:voucher\":{\"serial-number\":1}} | WRONG_TYPE",
      "{\"ietf-voucher-request:voucher\":{\"serial-number\":null}} | WRONG_TYPE",
      "{\"ietf-voucher-request:voucher\":{\"serial-number\":\"\"}} | OUT_OF_RANGE",
      "{\"ietf-voucher-request:voucher\":{\"serial-number\":\"a\\nb\"}} | OUT_OF_RANGE",
      "[] | WRONG_TYPE",
  })
  void structureOtherThanTheModuleDemandsIsRefused(String json, Flaw flaw) {
    assertThatThrownBy(() -> VoucherJson.request(Octets.utf8(json.strip())))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "\"assertion\":\"Proximity\"", "\"assertion\":2", "\"nonce\":5", "\"nonce\":\"*\"", "\"expires-on\":1700000000",
      "\"proximity-registrar-cert\":\"-_8\"", "\"proximity-registrar-cert\":\"AQI\"", "\"proximity-registrar-cert\":\"AQ I=\"",
      "\"prior-signed-voucher-request\":[1]", "\"idevid-issuer\":{}"})
  void leavesOfOtherTypesAreRefused(String leaf) {
    assertThatThrownBy(() -> VoucherJson.request(request(leaf))).isInstanceOf(DecodeException.class);
  }

  @ParameterizedTest
  @CsvSource({"true,true", "false,false", "'\"true\"',true", "'\"false\"',false"})
  void revocationChecksAreATruthValueOrItsText(String json, boolean value) throws Exception {
    assertThat(VoucherJson.voucher(voucher("\"domain-cert-revocation-checks\":" + json)).revocationChecks()).contains(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"yes\"", "1", "null"})
  void otherRevocationChecksAreRefused(String json) {
    assertThatThrownBy(() -> VoucherJson.voucher(voucher("\"domain-cert-revocation-checks\":" + json))).isInstanceOf(DecodeException.class);
  }

  @Test
  void sizeAndDepthAreBounded() {
    assertThatThrownBy(() -> VoucherJson.request(request("\"x\":\"" + "a".repeat(VoucherJson.MAX_SIZE) + "\"")))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
    assertThatThrownBy(() -> VoucherJson.request(request("\"x\":" + "[".repeat(5000) + "]".repeat(5000))))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_DEEP));
    assertThatThrownBy(() -> VoucherJson.request(request("\"nonce\":\"" + "A".repeat(200) + "\"")))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
  }

  private static Octets request(String leaves) {
    return Octets.utf8("{\"ietf-voucher-request:voucher\":{\"serial-number\":\"SN-1\"," + leaves + "}}");
  }

  private static Octets voucher(String leaves) {
    return Octets.utf8("{\"ietf-voucher:voucher\":{\"serial-number\":\"SN-1\"," + leaves + "}}");
  }
}
