package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.eider.est.ChannelBinding;
import org.eider.est.ClientSession;
import org.eider.est.Notes;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.RefusalKind;
import org.eider.pki.Bc;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.CsrAttributes;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.pki.TrustAnchors;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.voucher.StatusReport;
import org.eider.wire.Octets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainEstServiceTest {
  private static final X500Name ANY_SUBJECT = new X500Name("CN=whatever the device likes");
  private static final Octets BINDING = Octets.utf8("twelve octet");

  @TempDir Path folder;

  private final Site site = new Site();
  private final Credential idevid = site.acme.idevid("SN-1");
  private final KeyPair key = TestPki.key(KeyType.P256);
  private EmbeddedCa ca;
  private DomainEstService est;

  @BeforeEach
  void openTheCa() throws IOException {
    ca = EmbeddedCa.open(folder.resolve("ca"), site.fragile, site.clock, new SecureRandom());
    est = service(EnrolmentProfile.standard(), false);
  }

  @Nested
  class AFirstEnrolment {
    @BeforeEach
    void giveItAVoucher() {
      site.withVoucher(idevid, "SN-1");
    }

    @Test
    void givesTheLdevidOfTheProfile() throws Exception {
      X509Certificate ldevid = granted(enrol(csr(key)));

      assertThat(subject(ldevid)).isEqualTo(new X500Name("serialNumber=SN-1"));
      assertThat(ldevid.getPublicKey().getEncoded()).isEqualTo(key.getPublic().getEncoded());
      assertThat(ldevid.getBasicConstraints()).isEqualTo(-1);
      assertThat(ldevid.getKeyUsage()).startsWith(true, false, false, false, false, false, false);
      assertThat(ldevid.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1");
      assertThat(ldevid.getSubjectAlternativeNames()).isNull();
      assertThat(ldevid.getNotBefore().toInstant()).isEqualTo(TestPki.NOW.minus(Duration.ofMinutes(5)));
      assertThat(ldevid.getNotAfter().toInstant()).isEqualTo(TestPki.NOW.plus(Duration.ofDays(365)));
      assertThat(Certificates.subjectKeyId(ldevid)).isPresent();
      assertThat(TrustAnchors.of(List.of(root())).validate(List.of(ldevid, ca.chain().get(0)), TestPki.NOW)).hasSize(3);
    }

    @Test
    void isRecordedWithDeviceAndCertificate() {
      X509Certificate ldevid = granted(enrol(csr(key)));

      Device device = site.ledger.device(Site.device("SN-1")).orElseThrow();
      assertThat(device.state()).isEqualTo(DeviceState.ENROLLED);
      assertThat(device.ldevid()).contains(ldevid.getSerialNumber());
      assertThat(site.ledger.history(Site.device("SN-1"), 1).get(0).kind()).isEqualTo(DeviceEvent.Kind.ENROLLED);
      assertThat(site.ledger.ofDevice(Site.device("SN-1"), 10)).extracting(IssuedCertificate::certificate)
          .containsExactly(Certificates.der(ldevid));
    }

    @Test
    void isNotedForTheOneLogLine() {
      try (LogLines lines = LogLines.of(DomainEstService.class)) {
        ClientSession session = site.session(idevid);
        X509Certificate ldevid = granted(est.simpleEnroll(session, csr(key)));

        assertThat(session.notes().all()).containsEntry(Notes.DEVICE, "acme/SN-1").containsEntry(Notes.OUTCOME, "granted");
        String serial = session.notes().value("ldevid").orElseThrow();
        assertThat(new BigInteger(serial, 16)).isEqualTo(ldevid.getSerialNumber());
        assertThat(lines.at(Level.INFO)).isEmpty();
      }
    }

    @Test
    void takesNothingFromTheRequestButTheKey() throws Exception {
      List<Extension> wishes = List.of(
          CertificateMaker.subjectAltName(List.of("admin.example"), List.of("192.0.2.1")),
          CertificateMaker.keyUsage(KeyUsage.keyCertSign),
          CertificateMaker.extendedKeyUsage(List.of(Certificates.CMC_RA)),
          CertificateMaker.extension(Extension.basicConstraints, true, new BasicConstraints(true)));

      X509Certificate ldevid = granted(enrol(Csr.create(new X500Name("CN=admin"), key, Optional.empty(), wishes)));

      assertThat(subject(ldevid)).isEqualTo(new X500Name("serialNumber=SN-1"));
      assertThat(ldevid.getSubjectAlternativeNames()).isNull();
      assertThat(ldevid.getBasicConstraints()).isEqualTo(-1);
      assertThat(ldevid.getKeyUsage()[5]).isFalse();
      assertThat(ldevid.getExtendedKeyUsage()).doesNotContain(Certificates.CMC_RA);
    }

    /** P-521 is not of the profile; RSA of 4096 bits takes seconds to make. */
    @ParameterizedTest
    @EnumSource(value = KeyType.class, names = {"P521", "RSA4096"}, mode = EnumSource.Mode.EXCLUDE)
    void certifiesEveryKeyTypeOfTheProfile(KeyType type) {
      X509Certificate ldevid = granted(enrol(csr(TestPki.key(type))));

      assertThat(KeyType.of(ldevid.getPublicKey())).contains(type);
      boolean rsa = type.name().startsWith("RSA");
      assertThat(ldevid.getKeyUsage()[2]).as("keyEncipherment").isEqualTo(rsa);
    }

    @Test
    void mayHappenBeforeTheDeviceReportsOnItsVoucher() {
      Credential quick = site.acme.idevid("SN-2");
      site.vouchers.request(site.session(quick), site.request(quick, "SN-2"));

      assertThat(est.simpleEnroll(site.session(quick), csr(key))).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void isCutToTheLifeOfTheIssuingCa() {
      est = service(new EnrolmentProfile("serialNumber={serial}", List.of(), Set.of(KeyType.P256), KeyType.P256,
          Duration.ofDays(365 * 30), List.of()), false);

      X509Certificate ldevid = granted(enrol(csr(key)));

      assertThat(ldevid.getNotAfter()).isEqualTo(ca.chain().get(0).getNotAfter());
    }

    @Test
    void boundToTheSessionIsGood() {
      String password = BINDING.base64();
      for (ChannelBinding.Kind kind : ChannelBinding.Kind.values()) {
        ClientSession bound = site.session(idevid.chain(), Optional.of(new ChannelBinding(kind, BINDING)));
        assertThat(est.simpleEnroll(bound, Csr.create(ANY_SUBJECT, key, Optional.of(password), List.of()))).isInstanceOf(Outcome.Granted.class);
      }
    }

    @Test
    void boundToAnotherSessionIsForbidden() {
      ClientSession bound = site.session(idevid.chain(), Optional.of(new ChannelBinding(ChannelBinding.Kind.TLS_UNIQUE, BINDING)));
      Octets other = Csr.create(ANY_SUBJECT, key, Optional.of(Octets.utf8("other octets").base64()), List.of());
      refuses(() -> est.simpleEnroll(bound, other), EnrolReason.BAD_CHANNEL_BINDING, RefusalKind.FORBIDDEN);
    }

    @Test
    void boundToASessionThatOffersNothingIsForbidden() {
      Octets bound = Csr.create(ANY_SUBJECT, key, Optional.of(BINDING.base64()), List.of());
      refuses(() -> enrol(bound), EnrolReason.BAD_CHANNEL_BINDING, RefusalKind.FORBIDDEN);
    }

    @Test
    void withAnUnreadableChallengePasswordIsForbidden() throws Exception {
      var builder = new PKCS10CertificationRequestBuilder(ANY_SUBJECT, SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
      builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, new DERSequence());
      Octets odd = Octets.of(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").setProvider(Bc.PROVIDER).build(key.getPrivate()))
          .getEncoded());
      refuses(() -> enrol(odd), EnrolReason.BAD_CHANNEL_BINDING, RefusalKind.FORBIDDEN);
    }

    @Test
    void withoutBindingIsForbiddenWhereItIsRequired() {
      est = service(EnrolmentProfile.standard(), true);
      refuses(() -> enrol(csr(key)), EnrolReason.BAD_CHANNEL_BINDING, RefusalKind.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0000"})
    void withSomethingElseThanARequestIsMalformed(String body) {
      refuses(() -> enrol(Octets.utf8(body)), EnrolReason.MALFORMED_REQUEST, RefusalKind.MALFORMED);
    }

    @Test
    void withATruncatedRequestIsMalformed() {
      Octets whole = csr(key);
      refuses(() -> enrol(whole.slice(0, whole.size() - 1)), EnrolReason.MALFORMED_REQUEST, RefusalKind.MALFORMED);
    }

    @Test
    void withASignatureOfAnotherKeyIsMalformed() {
      KeyPair stolen = new KeyPair(TestPki.key(KeyType.P256).getPublic(), key.getPrivate());
      refuses(() -> enrol(csr(stolen)), EnrolReason.BAD_PROOF_OF_POSSESSION, RefusalKind.MALFORMED);
    }

    @Test
    void withASignatureOverSha1IsMalformed() throws Exception {
      var builder = new PKCS10CertificationRequestBuilder(ANY_SUBJECT, SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
      Octets weak = Octets.of(builder.build(new JcaContentSignerBuilder("SHA1withECDSA").setProvider(Bc.PROVIDER).build(key.getPrivate()))
          .getEncoded());
      refuses(() -> enrol(weak), EnrolReason.BAD_PROOF_OF_POSSESSION, RefusalKind.MALFORMED);
    }

    @Test
    void withAKeyTypeOutsideTheProfileIsMalformed() {
      refuses(() -> enrol(csr(TestPki.key(KeyType.P521))), EnrolReason.KEY_NOT_ALLOWED, RefusalKind.MALFORMED);
    }

    @Test
    void withAnRsaKeyOf1024BitsIsMalformed() throws Exception {
      Octets weak = rsaCsr(1024, RSAKeyGenParameterSpec.F4);
      refuses(() -> enrol(weak), EnrolReason.KEY_NOT_ALLOWED, RefusalKind.MALFORMED);
    }

    @Test
    void withAnRsaKeyOfExponent3IsMalformed() throws Exception {
      Octets weak = rsaCsr(2048, RSAKeyGenParameterSpec.F0);
      refuses(() -> enrol(weak), EnrolReason.KEY_NOT_ALLOWED, RefusalKind.MALFORMED);
    }

    @Test
    void withTheKeyOfTheIdevidIsMalformed() {
      KeyPair same = new KeyPair(idevid.certificate().getPublicKey(), idevid.key());
      refuses(() -> enrol(csr(same)), EnrolReason.KEY_NOT_ALLOWED, RefusalKind.MALFORMED);
    }

    @Test
    void ofAnotherIdevidWithTheSameSerialNumberIsForbidden() {
      ClientSession twin = site.session(site.acme.idevid("SN-1"));
      refuses(() -> est.simpleEnroll(twin, csr(key)), EnrolReason.NO_VOUCHER, RefusalKind.FORBIDDEN);
    }

    @Test
    void ofATwinThatWasRefusedAVoucherIsForbidden() {
      Credential twin = site.acme.idevid("SN-1");
      site.masa.answer = request -> Outcome.refused(VoucherReason.MASA_REFUSED, "no");
      site.vouchers.request(site.session(twin), site.request(twin, "SN-1"));

      refuses(() -> est.simpleEnroll(site.session(twin), csr(key)), EnrolReason.NO_VOUCHER, RefusalKind.FORBIDDEN);
      assertThat(enrol(csr(key))).as("the device that holds the voucher").isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void afterTheDeviceRejectedItsVoucherIsForbidden() {
      Credential other = site.acme.idevid("SN-3");
      site.vouchers.request(site.session(other), site.request(other, "SN-3"));
      StatusReport rejected = StatusReport.failure("no");
      site.telemetry.voucherStatus(site.session(other), rejected, rejected.encode());

      assertThat(refusal(est.simpleEnroll(site.session(other), csr(key))).reason()).isEqualTo(EnrolReason.NO_VOUCHER);
      assertThat(site.ledger.count()).isEqualTo(2);
    }

    @Test
    void afterTheManufacturerWasRemovedIsForbidden() {
      site.ledger.remove("acme");
      String before = site.counts();

      assertThat(refusal(enrol(csr(key))).reason()).isEqualTo(EnrolReason.UNKNOWN_CLIENT);
      assertThat(site.counts()).isEqualTo(before);
    }

    @Test
    void isNotHandedOutWhenTheCaFails() {
      LdevidIssuer broken = new LdevidIssuer() {
        @Override
        public List<X509Certificate> chain() {
          return ca.chain();
        }

        @Override
        public Optional<X509Certificate> issue(LdevidTemplate template, DeviceId device, Predicate<Optional<Device>> still,
            Function<X509Certificate, List<? extends Fact>> facts) throws IOException {
          throw new IOException("the token is locked: PIN 1234");
        }
      };
      est = new DomainEstService(site.ledger, site.fragile, site.ledger, broken, EnrolmentProfile.standard(), false, site.clock);

      Refusal refusal = refuses(() -> enrol(csr(key)), EnrolReason.ISSUER_FAILED, RefusalKind.UPSTREAM_FAILED);
      assertThat(refusal.detail()).doesNotContain("1234");
    }

    @Test
    void isNotHandedOutWhenItCannotBeRecorded() {
      site.fragile.breaks = facts -> true;
      try (LogLines lines = LogLines.of(DomainEstService.class)) {
        assertThat(refusal(enrol(csr(key))).reason()).isEqualTo(EnrolReason.INTERNAL);
        assertThat(lines.at(Level.ERROR)).hasSize(1);
      }
      assertThat(site.ledger.device(Site.device("SN-1")).orElseThrow().ldevid()).isEmpty();
      assertThat(site.ledger.ofDevice(Site.device("SN-1"), 10)).isEmpty();
    }

    @Test
    void waitsForAStoreThatIsBusy() {
      site.fragile.isBusy();
      site.fragile.breaks = facts -> true;

      Refusal refusal = refusal(enrol(csr(key)));

      assertThat(refusal.reason()).isEqualTo(EnrolReason.STORE_BUSY);
      assertThat(refusal.kind()).isEqualTo(RefusalKind.OVERLOADED);
      assertThat(site.ledger.ofDevice(Site.device("SN-1"), 10)).isEmpty();
      site.fragile.breaks = facts -> false;
      assertThat(enrol(csr(key))).isInstanceOf(Outcome.Granted.class);
    }

    /** The refusal is in the history, and nothing else has changed. */
    private Refusal refuses(Supplier<Outcome<X509Certificate>> enrolment, EnrolReason reason, RefusalKind kind) {
      DeviceState before = site.state("SN-1");
      int events = site.ledger.history(Site.device("SN-1"), 100).size();

      Refusal refusal = refusal(enrolment.get());

      assertThat(refusal.reason()).isEqualTo(reason);
      assertThat(refusal.kind()).isEqualTo(kind);
      assertThat(site.state("SN-1")).isEqualTo(before);
      assertThat(site.ledger.ofDevice(Site.device("SN-1"), 10)).isEmpty();
      assertThat(site.ledger.count()).as("root and issuing CA only").isEqualTo(2);
      assertThat(site.ledger.history(Site.device("SN-1"), 100)).hasSize(events + 1);
      DeviceEvent event = site.ledger.history(Site.device("SN-1"), 1).get(0);
      assertThat(event.kind()).isEqualTo(DeviceEvent.Kind.ENROLMENT_REFUSED);
      assertThat(event.reason()).contains(reason.name());
      return refusal;
    }
  }

  @Nested
  class WithoutAVoucher {
    @Test
    void aDeviceIsForbiddenAndNotCreated() {
      assertRefused(enrol(csr(key)), EnrolReason.NO_VOUCHER, RefusalKind.FORBIDDEN);
      assertThat(site.ledger.device(Site.device("SN-1"))).isEmpty();
    }

    @Test
    void aRefusedDeviceIsForbidden() {
      site.masa.answer = request -> Outcome.refused(VoucherReason.MASA_REFUSED, "no");
      site.vouchers.request(site.session(idevid), site.request(idevid, "SN-1"));

      assertRefused(enrol(csr(key)), EnrolReason.NO_VOUCHER, RefusalKind.FORBIDDEN);
      assertThat(site.state("SN-1")).isEqualTo(DeviceState.REFUSED);
    }

    @Test
    void aClientWithoutCertificateIsUnauthenticated() {
      ClientSession nobody = site.session(List.of(), Optional.empty());
      assertRefused(est.simpleEnroll(nobody, csr(key)), EnrolReason.NO_CLIENT_CERTIFICATE, RefusalKind.UNAUTHENTICATED);
      assertRefused(est.simpleReenroll(nobody, csr(key)), EnrolReason.NO_CLIENT_CERTIFICATE, RefusalKind.UNAUTHENTICATED);
    }

    @Test
    void aForeignClientIsForbidden() {
      Credential foreign = TestPki.manufacturer("acme", "").idevid("SN-1");
      assertRefused(est.simpleEnroll(site.session(foreign), csr(key)), EnrolReason.UNKNOWN_CLIENT, RefusalKind.FORBIDDEN);
    }

    @Test
    void theRegistrarsOwnCertificateEnrolsNothing() throws Exception {
      Credential ours = ca.registrarCredential(List.of());
      long before = site.ledger.count();

      assertThat(refusal(est.simpleEnroll(site.session(ours), csr(key))).reason()).isEqualTo(EnrolReason.UNKNOWN_CLIENT);
      assertThat(refusal(est.simpleReenroll(site.session(ours), csr(key))).reason()).isEqualTo(EnrolReason.NOT_OUR_LDEVID);
      assertThat(site.ledger.count()).isEqualTo(before);
    }

    @Test
    void anybodyMayReadTheCaCertificatesAndTheAttributes() throws Exception {
      ClientSession nobody = site.session(List.of(), Optional.empty());

      assertThat(est.caCertificates()).isEqualTo(ca.chain()).hasSize(2);
      CsrAttributes attributes = CsrAttributes.parse(((Outcome.Granted<Octets>) est.csrAttributes(nobody)).value());
      assertThat(attributes.keyType()).contains(KeyType.P256);
      assertThat(attributes.extensions().orElseThrow().getExtensionOIDs()).containsExactly(Extension.extendedKeyUsage);
      assertThat(attributes.asksForChallengePassword()).isFalse();
    }

    @Test
    void theAttributesAskForChannelBindingWhereItIsRequired() throws Exception {
      est = service(EnrolmentProfile.standard(), true);

      Outcome<Octets> answer = est.csrAttributes(site.session(idevid));

      assertThat(CsrAttributes.parse(((Outcome.Granted<Octets>) answer).value()).asksForChallengePassword()).isTrue();
    }

    private void assertRefused(Outcome<X509Certificate> outcome, EnrolReason reason, RefusalKind kind) {
      assertThat(refusal(outcome).reason()).isEqualTo(reason);
      assertThat(refusal(outcome).kind()).isEqualTo(kind);
      assertThat(site.ledger.count()).as("root and issuing CA only").isEqualTo(2);
    }
  }

  @Nested
  class ARenewal {
    private X509Certificate current;

    @BeforeEach
    void enrolIt() {
      est = service(named("serialNumber={serial},O=Site", List.of("{serial}.devices.example")), false);
      site.withVoucher(idevid, "SN-1");
      current = granted(enrol(csr(key)));
      site.clock.advance(Duration.ofDays(100));
    }

    @Test
    void withTheSameKeyGivesTheSameNames() throws Exception {
      X509Certificate renewed = granted(renew(key));

      assertThat(renewed.getSubjectX500Principal()).isEqualTo(current.getSubjectX500Principal());
      assertThat(renewed.getSubjectAlternativeNames()).containsExactlyElementsOf(current.getSubjectAlternativeNames()).hasSize(1);
      assertThat(renewed.getSerialNumber()).isNotEqualTo(current.getSerialNumber());
      assertThat(renewed.getNotAfter()).isAfter(current.getNotAfter());
      assertThat(site.ledger.history(Site.device("SN-1"), 1).get(0).kind()).isEqualTo(DeviceEvent.Kind.REENROLLED);
      assertThat(site.ledger.device(Site.device("SN-1")).orElseThrow().ldevid()).contains(renewed.getSerialNumber());
    }

    @Test
    void withAnotherKeyRekeys() {
      KeyPair other = TestPki.key(KeyType.P384);

      assertThat(granted(renew(other)).getPublicKey().getEncoded()).isEqualTo(other.getPublic().getEncoded());
    }

    @Test
    void overSimpleenrollIsTheSame() {
      assertThat(est.simpleEnroll(byLdevid(current), sameNames(key))).isInstanceOf(Outcome.Granted.class);
      assertThat(site.ledger.history(Site.device("SN-1"), 1).get(0).kind()).isEqualTo(DeviceEvent.Kind.REENROLLED);
    }

    @Test
    void keepsTheNamesWhenTheProfileHasChanged() {
      est = service(named("CN={serial},O=Elsewhere", List.of()), false);

      assertThat(granted(renew(key)).getSubjectX500Principal()).isEqualTo(current.getSubjectX500Principal());
    }

    @Test
    void leavesADeviceInOperation() {
      Credential ldevid = new Credential(key.getPrivate(), List.of(current));
      site.telemetry.enrolStatus(site.session(ldevid), StatusReport.success(), StatusReport.success().encode());

      granted(renew(key));

      assertThat(site.state("SN-1")).isEqualTo(DeviceState.OPERATIONAL);
    }

    @Test
    void afterTheManufacturerWasRemovedIsForbidden() {
      site.ledger.remove("acme");

      assertThat(refusal(renew(key)).reason()).isEqualTo(EnrolReason.UNKNOWN_MANUFACTURER);
      assertThat(site.state("SN-1")).isEqualTo(DeviceState.ENROLLED);
    }

    @Test
    void ofADeviceThatWasDeniedIsForbiddenUntilTheDenialEnds() {
      site.decide("SN-1", false, "stolen");

      Refusal refusal = refusal(renew(key));

      assertThat(refusal.reason()).isEqualTo(EnrolReason.DENIED);
      assertThat(refusal.kind()).isEqualTo(RefusalKind.FORBIDDEN);
      assertThat(refusal.detail()).doesNotContain("stolen");
      assertThat(site.ledger.device(Site.device("SN-1")).orElseThrow().refusal()).contains("DENIED: stolen");
      site.clock.advance(Decisions.LIFETIME);
      assertThat(renew(key)).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void ofADeviceThatIsDeniedWhileItsCertificateIsMadeIsForbidden() {
      site.fragile.breaks = facts -> {
        if (facts.get(0) instanceof DeviceEvent event && event.kind() == DeviceEvent.Kind.REENROLLED) {
          site.decide("SN-1", false, "in the very last moment");
        }
        return false;
      };

      long before = site.ledger.count();
      assertThat(refusal(renew(key)).reason()).isEqualTo(EnrolReason.DENIED);
      assertThat(site.ledger.count()).as("certificates").isEqualTo(before);
    }

    @Test
    void ofADeviceOfWhichIsDecidedAllTheTimeWaits() {
      site.fragile.breaks = facts -> {
        site.clock.advance(Duration.ofSeconds(1));
        site.decide("SN-1", true, "again");
        return false;
      };

      assertThat(renew(key).<Object>fold(certificate -> "granted", Duration::toSeconds, Refusal::reason)).isEqualTo(5L);
      site.fragile.breaks = facts -> false;
      assertThat(renew(key)).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void ofADeviceThatWasDeniedHasToBeApprovedAnewWhereDevicesAreApprovedOneByOne() {
      site.admission(Manufacturer.Admission.MANUAL);
      site.decide("SN-1", false, "stolen");
      site.clock.advance(Decisions.LIFETIME);

      assertThat(refusal(renew(key)).reason()).isEqualTo(EnrolReason.DENIED);

      site.decide("SN-1", true, "found again");
      assertThat(renew(key)).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void ofADeviceThatIsNotOnTheListOfItsManufacturerIsForbidden() {
      site.admission(Manufacturer.Admission.EXPECTED);
      assertThat(refusal(renew(key)).reason()).isEqualTo(EnrolReason.NOT_EXPECTED);

      site.ledger.expect("acme", List.of("SN-1"));
      assertThat(renew(key)).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void ofADeviceThatWasApprovedOnceIsGoodForLong() {
      site.admission(Manufacturer.Admission.EXPECTED);
      site.decide("SN-1", true, "");
      site.clock.advance(Duration.ofDays(60));

      assertThat(renew(key)).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void underAnotherSubjectIsForbidden() {
      Octets other = Csr.create(new X500Name("O=Site,serialNumber=SN-2"), key, Optional.empty(), List.of(san("sn-1.devices.example")));
      refuses(est.simpleReenroll(byLdevid(current), other), EnrolReason.SUBJECT_CHANGED);
    }

    @Test
    void underAnotherSubjectAltNameIsForbidden() {
      Octets other = Csr.create(subject(current), key, Optional.empty(), List.of(san("sn-2.devices.example")));
      refuses(est.simpleReenroll(byLdevid(current), other), EnrolReason.SUBJECT_CHANGED);
    }

    @Test
    void withoutItsSubjectAltNameIsForbidden() {
      Octets other = Csr.create(subject(current), key, Optional.empty(), List.of());
      refuses(est.simpleReenroll(byLdevid(current), other), EnrolReason.SUBJECT_CHANGED);
    }

    @Test
    void overTheIdevidIsForbidden() {
      assertThat(refusal(est.simpleReenroll(site.session(idevid), sameNames(key))).reason()).isEqualTo(EnrolReason.NOT_OUR_LDEVID);
    }

    @Test
    void afterTheLdevidHasExpiredIsForbidden() {
      site.clock.set(current.getNotAfter().toInstant().plusSeconds(1));

      assertThat(refusal(renew(key)).reason()).isEqualTo(EnrolReason.NOT_OUR_LDEVID);
    }

    @Test
    void ofACertificateThatOnlyLooksLikeOursIsForbidden() throws Exception {
      EmbeddedCa other = EmbeddedCa.open(folder.resolve("other"), new MemoryLedger(), site.clock, new SecureRandom());
      X509Certificate forged = other.issue(new LdevidTemplate(subject(current), key.getPublic(), TestPki.NOW,
          current.getNotAfter().toInstant(), List.of()), DeviceId.parse("acme/SN-1"), device -> true, certificate -> List.of()).orElseThrow();

      assertThat(refusal(est.simpleReenroll(byLdevid(forged), sameNames(key))).reason()).isEqualTo(EnrolReason.NOT_OUR_LDEVID);
    }

    @Test
    void ofAForgeryWithOurSerialNumberIsForbidden() {
      Credential fake = site.domain.credential();
      BigInteger serial = current.getSerialNumber();
      X509Certificate forged = CertificateMaker.endEntity(fake, new LdevidTemplate(subject(current), key.getPublic(), TestPki.NOW,
          current.getNotAfter().toInstant(), List.of()), serial);

      assertThat(refusal(est.simpleReenroll(byLdevid(forged), sameNames(key))).reason()).isEqualTo(EnrolReason.NOT_OUR_LDEVID);
    }

    @Test
    void afterTheDeviceRejectedANewVoucherIsForbidden() {
      site.clock.set(TestPki.NOW);
      site.vouchers.request(site.session(idevid), site.request(idevid, "SN-1"));
      StatusReport rejected = StatusReport.failure("no");
      site.telemetry.voucherStatus(site.session(idevid), rejected, rejected.encode());

      assertThat(refusal(renew(key)).reason()).isEqualTo(EnrolReason.NO_VOUCHER);
    }

    @Test
    void withABadProofOfPossessionIsMalformed() {
      KeyPair stolen = new KeyPair(TestPki.key(KeyType.P256).getPublic(), key.getPrivate());
      refuses(est.simpleReenroll(byLdevid(current), sameNames(stolen)), EnrolReason.BAD_PROOF_OF_POSSESSION);
    }

    private void refuses(Outcome<X509Certificate> outcome, EnrolReason reason) {
      assertThat(refusal(outcome).reason()).isEqualTo(reason);
      assertThat(site.ledger.ofDevice(Site.device("SN-1"), 10)).hasSize(1);
      assertThat(site.state("SN-1")).isEqualTo(DeviceState.ENROLLED);
    }

    private Outcome<X509Certificate> renew(KeyPair newKey) {
      return est.simpleReenroll(byLdevid(current), sameNames(newKey));
    }

    private Octets sameNames(KeyPair newKey) {
      return Csr.create(subject(current), newKey, Optional.empty(), List.of(san("sn-1.devices.example")));
    }

    private Extension san(String dnsName) {
      return CertificateMaker.subjectAltName(List.of(dnsName), List.of());
    }

    private ClientSession byLdevid(X509Certificate certificate) {
      return site.session(List.of(certificate), Optional.empty());
    }
  }

  @Test
  void aProfileThatIsNoNameIsRefusedAtTheStart() {
    assertThatThrownBy(() -> service(named("serial number", List.of()), false)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> service(named("serialNumber={serial}", List.of("not a host")), false))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("not a DNS name: not a host");
  }

  private DomainEstService service(EnrolmentProfile profile, boolean requireChannelBinding) {
    return new DomainEstService(site.ledger, site.fragile, site.ledger, ca, profile, requireChannelBinding, site.clock);
  }

  private static EnrolmentProfile named(String subject, List<String> dnsNames) {
    EnrolmentProfile standard = EnrolmentProfile.standard();
    return new EnrolmentProfile(subject, dnsNames, standard.keyTypes(), standard.preferredKeyType(), standard.lifetime(), List.of());
  }

  private Outcome<X509Certificate> enrol(Octets csr) {
    return est.simpleEnroll(site.session(idevid), csr);
  }

  private static Octets csr(KeyPair key) {
    return Csr.create(ANY_SUBJECT, key, Optional.empty(), List.of());
  }

  private static Octets rsaCsr(int bits, BigInteger exponent) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", Bc.PROVIDER);
    generator.initialize(new RSAKeyGenParameterSpec(bits, exponent));
    KeyPair weak = generator.generateKeyPair();
    var builder = new PKCS10CertificationRequestBuilder(ANY_SUBJECT, SubjectPublicKeyInfo.getInstance(weak.getPublic().getEncoded()));
    return Octets.of(builder.build(new JcaContentSignerBuilder("SHA256withRSA").setProvider(Bc.PROVIDER).build(weak.getPrivate())).getEncoded());
  }

  private X509Certificate root() {
    return ca.chain().get(ca.chain().size() - 1);
  }

  private static X500Name subject(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  private static X509Certificate granted(Outcome<X509Certificate> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Granted.class);
    return ((Outcome.Granted<X509Certificate>) outcome).value();
  }

  private static Refusal refusal(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<?>) outcome).refusal();
  }
}
