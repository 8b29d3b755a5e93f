package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.est.Outcome;
import org.eider.est.RefusalKind;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.KeyType;
import org.eider.testkit.TestPki;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Good requests with some octets changed: every one is answered, none by our own fault, and none gets what it must not get. */
class MutatedRequestsTest {
  private static final int ROUNDS = 600;

  @TempDir Path folder;

  private final Site site = new Site();
  private final Credential idevid = site.acme.idevid("SN-1");
  private final Random random = new Random(8995);

  @Test
  void aMutatedVoucherRequestIsRefusedOrStillSaysWhatWasSigned() {
    Octets good = site.request(idevid, "SN-1").bytes();
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Outcome<VoucherArtifact> outcome =
          site.vouchers.request(site.session(idevid), new VoucherArtifact(VoucherFormat.CMS_JSON, mutated(good)));
      refused += outcome.fold(voucher -> 0, retryAfter -> 1, refusal -> {
        assertThat(refusal.kind()).isIn(RefusalKind.MALFORMED, RefusalKind.FORBIDDEN, RefusalKind.UNKNOWN, RefusalKind.UNAUTHENTICATED);
        return 1;
      });
    }
    assertThat(refused).isGreaterThan(ROUNDS * 9 / 10);
    // What still passed differs only outside of what is signed: every exchange is about this device and its nonce.
    assertThat(site.ledger.devices(Optional.empty(), 10)).extracting(Device::id).allMatch(Site.device("SN-1")::equals);
    assertThat(site.masa.requests).allSatisfy(request ->
        assertThat(ScriptedMasa.opened(request).value().nonce()).contains(Site.NONCE));
  }

  @Test
  void aMutatedCertificationRequestIsRefused() throws Exception {
    site.withVoucher(idevid, "SN-1");
    EmbeddedCa ca = EmbeddedCa.open(folder.resolve("ca"), site.ledger, site.clock, new SecureRandom());
    DomainEstService est =
        new DomainEstService(site.ledger, site.ledger, site.ledger, ca, EnrolmentProfile.standard(), false, site.clock);
    KeyPair key = TestPki.key(KeyType.P256);
    Octets good = Csr.create(new X500Name("CN=device"), key, Optional.empty(), List.of());
    for (int round = 0; round < ROUNDS; round++) {
      Outcome<X509Certificate> outcome = est.simpleEnroll(site.session(idevid), mutated(good));

      assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused ->
          assertThat(refused.refusal().kind()).isIn(RefusalKind.MALFORMED, RefusalKind.FORBIDDEN));
    }
    assertThat(site.ledger.ofDevice(Site.device("SN-1"), 10)).isEmpty();
  }

  private Octets mutated(Octets good) {
    byte[] bytes = good.toArray();
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
    }
    return Octets.of(bytes);
  }
}
