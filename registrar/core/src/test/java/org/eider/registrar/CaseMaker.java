package org.eider.registrar;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.pki.SerialNumberProfile;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;
import org.eider.voucher.Nonce;
import org.eider.wire.Octets;

/** Makes cases; each method gives another maker. Decisions are an operator's and hold for an hour. */
record CaseMaker(Set<Octets> own, Octets released, Optional<Manufacturer> manufacturer, boolean expected, Optional<Device> known,
    Case.Purpose purpose, Instant now) {
  static final DeviceId DEVICE = new DeviceId("acme", "SN-1");
  private static final Nonce NONCE = Nonce.of(Octets.utf8("sixteen octets!!"));
  private static final TestPki ACME = TestPki.manufacturer("acme", "masa.example");

  CaseMaker(Set<Octets> own, Octets released) {
    this(own, released, Optional.of(new Manufacturer("acme", List.of(ACME.certificate()), Optional.empty(), Set.of(), List.of(),
        List.of(ACME.certificate()), Manufacturer.Admission.AUTO, SerialNumberProfile.SUBJECT_SERIAL_NUMBER, false)
        .withAuditPolicy(new AuditPolicy(Disposition.ACCEPT, Disposition.ACCEPT, Disposition.DENY, Disposition.HOLD, Disposition.HOLD,
            Disposition.HOLD, Set.of(released)))), false, Optional.empty(), Case.Purpose.VOUCHER, TestPki.NOW);
  }

  Case make() {
    return new Case(DEVICE, purpose, manufacturer, expected, known, Set.of(), Optional.empty(), Optional.empty(), now);
  }

  /** A case with a log, in which the voucher with our nonce has to be. */
  Case log(long version, AuditLog.Event... events) {
    return with(new AuditLog(version, List.of(events), AuditLog.Truncation.NONE));
  }

  Case truncated(long nonced, long nonceless, long arbitrary) {
    return with(new AuditLog(1, List.of(issued()), new AuditLog.Truncation(nonced, nonceless, arbitrary)));
  }

  private Case with(AuditLog log) {
    return make().with(AuditEvidence.of(log, own, Optional.of(NONCE)));
  }

  AuditLog.Event issued() {
    return issuedFor(own.iterator().next());
  }

  AuditLog.Event issuedFor(Octets domain) {
    return event(domain, NONCE.text());
  }

  AuditLog.Event event(Octets domain, String nonce) {
    return new AuditLog.Event(TestPki.NOW, domain, Optional.of(nonce), Optional.of(Assertion.PROXIMITY), 0);
  }

  AuditLog.Event nonceless(Octets domain) {
    return new AuditLog.Event(TestPki.NOW, domain, Optional.empty(), Optional.of(Assertion.LOGGED), 0);
  }

  CaseMaker unconfigured() {
    return new CaseMaker(own, released, Optional.empty(), expected, known, purpose, now);
  }

  CaseMaker admission(Manufacturer.Admission admission) {
    return new CaseMaker(own, released, manufacturer.map(by -> by.withAdmission(admission)), expected, known, purpose, now);
  }

  CaseMaker policy(AuditPolicy policy) {
    return new CaseMaker(own, released, manufacturer.map(by -> by.withAuditPolicy(policy)), expected, known, purpose, now);
  }

  CaseMaker listed() {
    return new CaseMaker(own, released, manufacturer, true, known, purpose, now);
  }

  CaseMaker certificate() {
    return new CaseMaker(own, released, manufacturer, expected, known, Case.Purpose.CERTIFICATE, now);
  }

  CaseMaker at(Instant time) {
    return new CaseMaker(own, released, manufacturer, expected, known, purpose, time);
  }

  CaseMaker approved() {
    return decided(true, now);
  }

  CaseMaker approvedLongAgo() {
    return decided(true, now.minus(Duration.ofDays(300)));
  }

  CaseMaker deniedLongAgo() {
    return decided(false, now.minus(Duration.ofDays(300)));
  }

  CaseMaker denied() {
    return decided(false, now);
  }

  CaseMaker decided(boolean approved, Instant at) {
    return known(at, Optional.empty(), Optional.empty(),
        Optional.of(new Fact.Decision(DEVICE, at, approved, at.plus(Duration.ofHours(1)), "operator", "because")));
  }

  CaseMaker held(Rule rule, Instant since, Instant lastSeen) {
    return known(lastSeen, Optional.empty(), Optional.of(new Hold(since, rule.name(), "waits")), Optional.empty());
  }

  CaseMaker refused(String refusal, Instant lastSeen) {
    return known(lastSeen, Optional.of(refusal), Optional.empty(), Optional.empty());
  }

  private CaseMaker known(Instant lastSeen, Optional<String> refusal, Optional<Hold> hold, Optional<Fact.Decision> decision) {
    Device device = new Device(DEVICE, DeviceState.REQUESTED, TestPki.NOT_BEFORE, lastSeen, refusal, Optional.empty(), Optional.empty(),
        hold, decision);
    return new CaseMaker(own, released, manufacturer, expected, Optional.of(device), purpose, now);
  }
}
