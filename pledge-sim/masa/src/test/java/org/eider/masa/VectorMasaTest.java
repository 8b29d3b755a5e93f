package org.eider.masa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.masa.Lab.granted;
import static org.eider.masa.Lab.opened;
import static org.eider.masa.Lab.reason;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.eider.masa.Inventory.Result;
import org.eider.masa.JournalEntry.Made;
import org.eider.pki.Certificates;
import org.eider.pki.PemFiles;
import org.eider.testkit.Vectors;
import org.eider.voucher.Assertion;
import org.eider.voucher.Nonce;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registrar's request of RFC 8995 appendix C.2.2 and what was derived from it, on the day it was made. */
class VectorMasaTest {
  private static final InstantSource THAT_DAY = InstantSource.fixed(Instant.parse("2021-04-13T22:00:00Z"));
  private static final String SERIAL = "00-D0-E5-F2-00-02";

  @TempDir private Path folder;
  private Path vectors;
  private Manufacturer ours;
  private X509Certificate vendor;

  @BeforeEach
  void takeOverTheInventoryOfTheRfc() throws IOException {
    vectors = Vectors.folder("cms-voucher");
    ours = Manufacturer.openOrCreate(folder, new SecureRandom(), THAT_DAY);
    vendor = certificate("keys/ta-highway-test.example.com_CA.crt");
    register(SERIAL, certificate("keys/signer-00-D0-E5-F2-00-02.crt"));
  }

  @AfterEach
  void close() {
    if (ours != null) {
      ours.close();
    }
  }

  @Test
  void requestOfAppendixCGetsAVoucherWithProximity() throws Exception {
    Voucher voucher = opened(granted(masa(MasaPolicy.STRICT).requestVoucher(artifact("rfc8995-parboiled_vr_00-D0-E5-F2-00-02.b64"))));
    assertThat(voucher.serialNumber()).isEqualTo(SERIAL);
    assertThat(voucher.nonce().map(Nonce::text)).contains("-_XE9zK9q8Ll1qylMtLKeg");
    assertThat(voucher.assertion()).contains(Assertion.PROXIMITY);
    X509Certificate ownerCa = certificate("keys/ta-fountain-test.example.com_Unstrung_Fountain_Root_CA.crt");
    assertThat(voucher.pinnedDomainCert()).contains(Certificates.der(ownerCa));
  }

  @Test
  void auditLogOfAppendixCNamesTheOwnersCa() throws Exception {
    VoucherArtifact request = artifact("rfc8995-parboiled_vr_00-D0-E5-F2-00-02.b64");
    assertThat(reason(masa(MasaPolicy.STRICT).requestAuditLog(request))).isEqualTo("NEVER_AN_OWNER");
    granted(masa(MasaPolicy.STRICT).requestVoucher(request));
    var log = granted(masa(MasaPolicy.STRICT).requestAuditLog(request));
    assertThat(log.events()).hasSize(1);
    assertThat(log.events().get(0).domainId().base64()).isEqualTo("uaX2yxHhB6RJLKcIxnwQvIezdCY=");
    assertThat(log.events().get(0).nonce()).contains("-_XE9zK9q8Ll1qylMtLKeg");
  }

  @Test
  void domainOfAnEndEntityWithoutKeyIdentifierIsTheDigestOfItsKey() throws Exception {
    VoucherArtifact request = artifact("rfc8995-parboiled_vr_00-D0-E5-F2-00-02.b64");
    MasaService masa = masa(MasaPolicy.STRICT.pinning(MasaPolicy.Pin.END_ENTITY));
    granted(masa.requestVoucher(request));
    assertThat(granted(masa.requestAuditLog(request)).events().get(0).domainId().base64())
        .isEqualTo("Oy6w2vS8ar8m/FtEHuzs7sl7LSD3pW9yTCgCecoIL3M=");
  }

  @Test
  void requestWithThePledgeRequestOfAnotherTransactionIsRefused() throws Exception {
    assertThat(reason(masa(permissive()).requestVoucher(artifact("derived/rvr-prior-of-other-transaction.der")))).isEqualTo("NONCE_MISMATCH");
  }

  @Test
  void requestWithABadSignatureInsideIsRefused() throws Exception {
    assertThat(reason(masa(permissive()).requestVoucher(artifact("derived/rvr-prior-bad-signature.der")))).isEqualTo("PRIOR_UNTRUSTED");
  }

  @Test
  void requestWithoutThePledgesGetsNoProximity() throws Exception {
    VoucherArtifact request = artifact("derived/rvr-without-prior.der");
    assertThat(reason(masa(MasaPolicy.STRICT).requestVoucher(request))).isEqualTo("PRIOR_MISSING");
    assertThat(opened(granted(masa(permissive()).requestVoucher(request))).assertion()).contains(Assertion.LOGGED);
  }

  @Test
  void requestAboutAnotherSerialNumberThanThePledgesIsRefused() throws Exception {
    VoucherArtifact request = artifact("derived/rvr-serial-mismatch.der");
    assertThat(reason(masa(permissive()).requestVoucher(request))).isEqualTo("UNKNOWN_DEVICE");
    register("00-D0-E5-F2-00-03", certificate("keys/signer-00-D0-E5-F2-00-02.crt"));
    assertThat(reason(masa(permissive()).requestVoucher(request))).isEqualTo("SERIAL_MISMATCH");
  }

  @Test
  void requestIsRefusedOnceTheRegistrarHasExpired() throws Exception {
    InstantSource today = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));
    assertThat(reason(masa(permissive(), today).requestVoucher(artifact("rfc8995-parboiled_vr_00-D0-E5-F2-00-02.b64")))).isEqualTo("BAD_CHAIN");
  }

  @Test
  void pledgeRequestsOfTheRfcAreNoRegistrarRequests() throws Exception {
    assertThat(reason(masa(permissive()).requestVoucher(artifact("rfc8995-vr_00-D0-E5-F2-00-02.b64")))).isEqualTo("NO_REGISTRAR");
  }

  private static MasaPolicy permissive() {
    return MasaPolicy.STRICT.allowingLogged();
  }

  private MasaService masa(MasaPolicy policy) {
    return masa(policy, THAT_DAY);
  }

  private MasaService masa(MasaPolicy policy, InstantSource clock) {
    MasaKeys keys = new MasaKeys(vendor, ours.keys().masaKeys().voucherCa(), ours.keys().masaKeys().voucherSigner());
    return new MasaService(ours.inventory(), policy, keys, VoucherSealer.cmsAsData(), Mischief.NONE, clock);
  }

  private void register(String serial, X509Certificate idevid) {
    DeviceId id = new DeviceId(serial, Certificates.idevidIssuer(idevid));
    Made made = new Made(THAT_DAY.instant(), id, Certificates.der(idevid), Optional.empty());
    ours.inventory().change(view -> new Result<>(made, Optional.of(made)));
  }

  private X509Certificate certificate(String file) throws IOException {
    List<X509Certificate> certificates = PemFiles.readCertificates(vectors.resolve(file));
    return certificates.get(0);
  }

  private VoucherArtifact artifact(String file) throws IOException {
    byte[] bytes = Files.readAllBytes(vectors.resolve(file));
    byte[] der = file.endsWith(".b64") ? Base64.getMimeDecoder().decode(new String(bytes, StandardCharsets.US_ASCII)) : bytes;
    return new VoucherArtifact(VoucherFormat.CMS_JSON, Octets.of(der));
  }
}
