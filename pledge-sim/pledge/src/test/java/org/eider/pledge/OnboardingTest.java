package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.pledge.ScriptedRegistrar.CACERTS;
import static org.eider.pledge.ScriptedRegistrar.CSRATTRS;
import static org.eider.pledge.ScriptedRegistrar.ENROLL;
import static org.eider.pledge.ScriptedRegistrar.ENROLL_STATUS;
import static org.eider.pledge.ScriptedRegistrar.VOUCHER;
import static org.eider.pledge.ScriptedRegistrar.VOUCHER_STATUS;

import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.eider.est.ChannelBinding;
import org.eider.est.ClientSession;
import org.eider.est.http.HttpResponse;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.pki.SerialNumberProfile;
import org.eider.pki.TrustAnchors;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.StatusReport;
import org.eider.voucher.Verified;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnboardingTest {
  private final ScriptedRegistrar registrar = ScriptedRegistrar.fresh();
  private final FakeTime time = new FakeTime();

  @AfterEach
  void stop() {
    registrar.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aPledgeGoesThroughAllStepsInTheOrderOfTheProtocol(String protocol) throws Exception {
    Onboarding done = Pledge.onboard(registrar.config("SN-1", time).speaking(List.of(protocol)), Progress.SILENT);

    assertThat(done.report().refused()).isEmpty();
    assertThat(done.report().ok()).isTrue();
    assertThat(done.report().serial()).contains("SN-1");
    assertThat(done.report().assertion()).contains(Assertion.PROXIMITY);
    assertThat(registrar.paths()).containsExactly(VOUCHER, VOUCHER_STATUS, CACERTS, CSRATTRS, ENROLL, ENROLL_STATUS);
    Onboarding.Belongings belongings = done.belongings().orElseThrow();
    TrustAnchors.of(List.of(registrar.domain.certificate())).validate(belongings.ldevid().chain(), TestPki.NOW);
    assertThat(Certificates.subjectSerialNumber(belongings.ldevid().certificate())).contains("SN-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void oneConnectionCarriesAllUntilTheLdevidSpeaksOnAnother(String protocol) {
    Onboarding done = Pledge.onboard(registrar.config("SN-1", time).speaking(List.of(protocol)), Progress.SILENT);

    Set<String> first = registrar.seen.stream().limit(5).map(one -> one.session().id()).collect(Collectors.toSet());
    assertThat(first).hasSize(1);
    ClientSession last = registrar.seen(ENROLL_STATUS).get(0).session();
    assertThat(first).doesNotContain(last.id());
    assertThat(registrar.seen.get(0).session().client().flatMap(Certificates::subjectSerialNumber)).contains("SN-1");
    assertThat(last.client()).contains(done.belongings().orElseThrow().ldevid().certificate());
    assertThat(last.client()).isNotEqualTo(registrar.seen.get(0).session().client());
  }

  @Test
  void theVoucherRequestSaysWhatItHasToAndIsSignedByTheIdevid() throws Exception {
    PledgeConfig config = registrar.config("SN-1", time);
    Pledge.onboard(config, Progress.SILENT);

    Verified<VoucherRequest> opened =
        VoucherOpener.request(new VoucherArtifact(VoucherFormat.CMS_JSON, registrar.seen(VOUCHER).get(0).body()), List.of());
    VoucherRequest request = opened.value();
    assertThat(opened.signer()).isEqualTo(config.device().idevid().certificate());
    assertThat(opened.signerChain()).isEqualTo(config.device().idevid().chain());
    assertThat(request.serialNumber()).isEqualTo("SN-1");
    assertThat(request.assertion()).contains(Assertion.PROXIMITY);
    assertThat(request.createdOn()).contains(TestPki.NOW);
    assertThat(request.nonce().orElseThrow().octets().size()).isEqualTo(16);
    assertThat(request.proximityRegistrarCert()).contains(Certificates.der(registrar.shown.certificate()));
    assertThat(registrar.seen(VOUCHER).get(0).type()).contains("application/voucher-cms+json");
  }

  @Test
  void aDeviceWithoutClockSendsNoDate() {
    PledgeConfig config = registrar.config("SN-1", time);
    PledgeConfig clockless = PledgeConfig.of(config.device(), registrar.address(), time.time().untrusted(), config.random());
    assertThat(Pledge.onboard(clockless, Progress.SILENT).report().ok()).isTrue();

    assertThat(ScriptedRegistrar.request(registrar.seen(VOUCHER).get(0)).createdOn()).isEmpty();
  }

  @Test
  void eachOnboardingHasAFreshNonce() {
    PledgeConfig config = registrar.config("SN-1", time);
    Pledge.onboard(config, Progress.SILENT);
    Pledge.onboard(config, Progress.SILENT);

    assertThat(registrar.seen(VOUCHER).stream().map(one -> ScriptedRegistrar.request(one).nonce().orElseThrow().text()))
        .hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void telemetryTellsOfSuccessTwice() throws Exception {
    Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT);

    for (String path : List.of(VOUCHER_STATUS, ENROLL_STATUS)) {
      ScriptedRegistrar.Seen report = registrar.seen(path).get(0);
      assertThat(StatusReport.parse(report.body())).isEqualTo(StatusReport.success());
      assertThat(report.type()).contains("application/json");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theCertificationRequestIsBoundToItsConnection(String protocol) throws Exception {
    Pledge.onboard(registrar.config("SN-1", time).speaking(List.of(protocol)), Progress.SILENT);

    ScriptedRegistrar.Seen sent = registrar.seen(ENROLL).get(0);
    Csr csr = ScriptedRegistrar.csr(sent);
    Optional<ChannelBinding> binding = sent.session().binding();
    assertThat(binding).isPresent();
    assertThat(csr.challengePassword()).isEqualTo(binding.map(channel -> channel.value().base64()));
    assertThat(csr.provesPossession()).isTrue();
    assertThat(csr.subject().toString()).isEqualTo("SERIALNUMBER=SN-1");
    assertThat(csr.extensions()).isEmpty();
    assertThat(sent.type()).contains("application/pkcs10");
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "RSA2048", "ED25519"})
  void everyKindOfIdevidGetsIn(KeyType type) {
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      PledgeConfig config = PledgeConfig.of(registrar.device("SN-" + type, type), registrar.address(), time.time(),
          new SecureRandom()).speaking(List.of(protocol));
      assertThat(Pledge.onboard(config, Progress.SILENT).report().refused()).as(protocol).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "RSA2048", "ED25519"})
  void theNewKeyIsOfTheTypeThatWasChosen(KeyType type) {
    Onboarding done = Pledge.onboard(registrar.config("SN-1", time).making(type), Progress.SILENT);

    assertThat(done.report().refused()).isEmpty();
    assertThat(KeyType.of(done.belongings().orElseThrow().ldevid().certificate().getPublicKey())).contains(type);
  }

  @Test
  void telemetryThatNobodyWantsChangesNothing() {
    registrar.answering(VOUCHER_STATUS, HttpResponse.empty(404));
    registrar.answering(ENROLL_STATUS, HttpResponse.text(500, "broken"));

    OnboardReport report = Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report();
    assertThat(report.ok()).isTrue();
    assertThat(report.steps()).filteredOn(step -> step.status() == Step.Status.IGNORED)
        .extracting(Step::name).containsExactly("voucher_status", "enrollstatus");
  }

  @Test
  void aRegistrarWithASelfSignedCertificateMayBePinnedItself() {
    Credential self = selfSigned("CN=registrar");
    try (ScriptedRegistrar lone = new ScriptedRegistrar(registrar.manufacturer, registrar.domain, self)) {
      lone.voucher = honest -> honest.pinnedDomainCert(Certificates.der(self.certificate()));
      lone.caCertificates = List.of(registrar.domain.certificate(), self.certificate());
      PledgeConfig config = PledgeConfig.of(lone.device("SN-1"), lone.address(), time.time(), new SecureRandom());
      assertThat(Pledge.onboard(config, Progress.SILENT).report().refused()).isEmpty();
    }
  }

  @Test
  void theRegistrarItselfOrWhatIssuedItMayBePinned() {
    TestPki root = TestPki.root("Root");
    TestPki middle = root.subordinate("Middle");
    Credential shown = middle.registrar("registrar");
    try (ScriptedRegistrar deep = new ScriptedRegistrar(registrar.manufacturer, middle, shown)) {
      for (var pinned : List.of(shown.certificate(), middle.certificate(), root.certificate())) {
        deep.voucher = honest -> honest.pinnedDomainCert(Certificates.der(pinned));
        PledgeConfig config = PledgeConfig.of(deep.device("SN-1"), deep.address(), time.time(), new SecureRandom());
        Onboarding done = Pledge.onboard(config, Progress.SILENT);
        assertThat(done.report().refused()).as(pinned.getSubjectX500Principal().toString()).isEmpty();
        assertThat(done.belongings().orElseThrow().ldevid().chain()).as("sent in handshakes").hasSize(2);
      }
    }
  }

  @Test
  void aRegistrarWithoutNamesAndOnlyAsRegistrationAuthorityIsFine() {
    Credential authority = registrar.domain.entity(new X500Name("CN=registrar"), List.of(
        CertificateMaker.keyUsage(KeyUsage.digitalSignature), CertificateMaker.extendedKeyUsage(List.of(Certificates.CMC_RA))));
    try (ScriptedRegistrar nameless = new ScriptedRegistrar(registrar.manufacturer, registrar.domain, authority)) {
      for (String protocol : PledgeConfig.ALL_PROTOCOLS) {
        PledgeConfig config = PledgeConfig.of(nameless.device("SN-1"), nameless.address(), time.time(), new SecureRandom());
        assertThat(Pledge.onboard(config.speaking(List.of(protocol)), Progress.SILENT).report().refused()).isEmpty();
      }
    }
  }

  @Test
  void noServerNameIsSent() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      RegistrarAddress where = RegistrarAddress.parse("https://localhost:" + listening.getLocalPort());
      PledgeConfig config = PledgeConfig.of(registrar.device("SN-1"), where, time.time(), new SecureRandom())
          .trying(new PledgeConfig.Attempts(1, 1, Duration.ofSeconds(1)), Duration.ofDays(4));
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try {
        Future<Onboarding> pledge = thread.submit(() -> Pledge.onboard(config, Progress.SILENT));
        byte[] hello;
        try (Socket accepted = listening.accept()) {
          DataInputStream in = new DataInputStream(accepted.getInputStream());
          assertThat(in.readUnsignedByte()).as("a TLS handshake record").isEqualTo(22);
          in.readShort();
          hello = in.readNBytes(in.readUnsignedShort());
        }
        assertThat(new String(hello, StandardCharsets.ISO_8859_1)).hasSizeGreaterThan(50).doesNotContain("localhost");
        assertThat(pledge.get().report().refused().orElseThrow().reason()).isEqualTo(PledgeReason.UNREACHABLE);
      } finally {
        thread.shutdownNow();
      }
    }
  }

  @Test
  void theHardwareModuleNameServesWhereTheManufacturerSaysSo() throws Exception {
    DeviceIdentity device = DeviceIdentity.of(registrar.manufacturer.idevid("HW-7"), List.of(registrar.manufacturer.certificate()),
        SerialNumberProfile.HARDWARE_MODULE_NAME);
    PledgeConfig config = PledgeConfig.of(device, registrar.address(), time.time(), new SecureRandom());
    assertThat(Pledge.onboard(config, Progress.SILENT).report().serial()).contains("HW-7");
  }

  @Test
  void theListenerHearsOfStatesAndSteps() {
    List<String> heard = new ArrayList<>();
    Pledge.onboard(registrar.config("SN-1", time), new Progress() {
      @Override
      public void step(Step step) {
        heard.add(step.name());
      }

      @Override
      public void reached(PledgeState state) {
        heard.add(state.getClass().getSimpleName());
      }
    });
    assertThat(heard).containsExactly("connect", "Provisional", "requestvoucher", "voucher", "Vouched", "registrar", "Imprinted",
        "voucher_status", "cacerts", "csrattrs", "key", "simpleenroll", "ldevid", "reconnect", "enrollstatus", "Enrolled");
  }

  @Test
  void manyPledgesAtOnceDoNotDisturbEachOther() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Onboarding>> all = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        PledgeConfig config = registrar.config("MANY-" + i, new FakeTime());
        all.add(() -> Pledge.onboard(config, Progress.SILENT));
      }
      List<String> serials = new ArrayList<>();
      for (Future<Onboarding> one : threads.invokeAll(all)) {
        assertThat(one.get().report().refused()).isEmpty();
        serials.add(Certificates.subjectSerialNumber(one.get().belongings().orElseThrow().ldevid().certificate()).orElseThrow());
      }
      assertThat(serials).hasSize(24).doesNotHaveDuplicates();
    } finally {
      threads.shutdownNow();
    }
  }

  private static Credential selfSigned(String name) {
    Credential authority = Forgery.stranger(name);
    LdevidTemplate template = new LdevidTemplate(new X500Name(name), authority.certificate().getPublicKey(), TestPki.NOT_BEFORE,
        TestPki.NOT_AFTER, List.of(CertificateMaker.keyUsage(KeyUsage.digitalSignature)));
    SecureRandom random = new SecureRandom();
    return new Credential(
        authority.key(), List.of(CertificateMaker.endEntity(authority, template, CertificateMaker.newSerial(random))));
  }
}
