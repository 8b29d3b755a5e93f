package org.eider.registrar;

import java.util.List;
import java.util.Optional;
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
import org.eider.voucher.AuditLog;
import org.eider.voucher.Nonce;
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
  final List<VoucherArtifact> requests = new CopyOnWriteArrayList<>();
  final List<MasaUri> addresses = new CopyOnWriteArrayList<>();
  final List<Request> questions = new CopyOnWriteArrayList<>();
  final List<VoucherArtifact> auditRequests = new CopyOnWriteArrayList<>();
  Credential signer;
  Function<Verified<VoucherRequest>, Outcome<VoucherArtifact>> answer = request -> Outcome.granted(sealed(request, voucher -> voucher));
  Supplier<Outcome<Octets>> auditLog = () -> Outcome.granted(auditLog(log -> log));

  ScriptedMasa(Credential signer) {
    this.signer = signer;
  }

  /** Answers with a good voucher that {@code change} has spoilt. */
  void answersWith(UnaryOperator<Voucher.Builder> change) {
    answer = request -> Outcome.granted(sealed(request, change));
  }

  /** Answers audit-log requests with the true log that {@code change} has changed. */
  void logs(UnaryOperator<List<AuditLog.Event>> change) {
    auditLog = () -> Outcome.granted(auditLog(log -> new AuditLog(1, change.apply(log.events()), log.truncation())));
  }

  /** The log of the requests since the last audit-log request before, each granted, changed. */
  Octets auditLog(UnaryOperator<AuditLog> change) {
    Verified<VoucherRequest> last = opened(auditRequests.get(auditRequests.size() - 1));
    return change.apply(new AuditLog(1, List.of(event(last)), AuditLog.Truncation.NONE)).encode();
  }

  private static AuditLog.Event event(Verified<VoucherRequest> request) {
    return new AuditLog.Event(TestPki.NOW, Certificates.domainId(request.signer()), request.value().nonce().map(Nonce::text),
        Optional.of(Assertion.PROXIMITY), 0);
  }

  VoucherArtifact sealed(Verified<VoucherRequest> request, UnaryOperator<Voucher.Builder> change) {
    Voucher.Builder good = Voucher.of(request.value().serialNumber())
        .assertion(Assertion.PROXIMITY)
        .createdOn(TestPki.NOW)
        .nonce(request.value().nonce())
        .pinnedDomainCert(Certificates.der(request.signer()));
    VoucherSealer sealer = request.keyStyle().<VoucherSealer>map(VoucherSealer::cose).orElseGet(VoucherSealer::cms);
    return sealer.seal(change.apply(good).build(), signer, TestPki.NOW);
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
