package org.eider.registrar;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.eider.est.Outcome;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.MasaUri;
import org.eider.pki.UntrustedException;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** A MASA that says what a test tells it to say, by default a good voucher and an audit log, and remembers what it was asked. */
final class ScriptedMasa implements MasaClient {
  static final Octets AUDIT_LOG = Octets.utf8("""
      {"version":1,"events":[{"date":"2026-11-21T12:00:00Z","domainID":"qg==","nonce":null,"assertion":"logged"}]}""");

  final List<VoucherArtifact> requests = new CopyOnWriteArrayList<>();
  final List<MasaUri> addresses = new CopyOnWriteArrayList<>();
  final List<Request> questions = new CopyOnWriteArrayList<>();
  final List<VoucherArtifact> auditRequests = new CopyOnWriteArrayList<>();
  Credential signer;
  Function<Verified<VoucherRequest>, Outcome<VoucherArtifact>> answer = request -> Outcome.granted(sealed(request, voucher -> voucher));
  Supplier<Outcome<Octets>> auditLog = () -> Outcome.granted(AUDIT_LOG);

  ScriptedMasa(Credential signer) {
    this.signer = signer;
  }

  /** Answers with a good voucher that {@code change} has spoilt. */
  void answersWith(UnaryOperator<Voucher.Builder> change) {
    answer = request -> Outcome.granted(sealed(request, change));
  }

  VoucherArtifact sealed(Verified<VoucherRequest> request, UnaryOperator<Voucher.Builder> change) {
    Voucher.Builder good = Voucher.of(request.value().serialNumber())
        .assertion(Assertion.PROXIMITY)
        .createdOn(TestPki.NOW)
        .nonce(request.value().nonce())
        .pinnedDomainCert(Certificates.der(request.signer()));
    return VoucherSealer.cms().seal(change.apply(good).build(), signer, TestPki.NOW);
  }

  @Override
  public Outcome<VoucherArtifact> requestVoucher(Request request) {
    requests.add(request.request());
    addresses.add(request.masa());
    questions.add(request);
    return answer.apply(opened(request.request()));
  }

  @Override
  public Outcome<Octets> requestAuditLog(Request request) {
    auditRequests.add(request.request());
    return auditLog.get();
  }

  static Verified<VoucherRequest> opened(VoucherArtifact request) {
    try {
      return VoucherOpener.request(request, List.of());
    } catch (DecodeException | UntrustedException e) {
      throw new AssertionError("the registrar signed something that does not open", e);
    }
  }
}
