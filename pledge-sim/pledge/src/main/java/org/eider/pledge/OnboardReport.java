package org.eider.pledge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.est.Refusal;
import org.eider.voucher.Assertion;

/**
 * How an onboarding or re-enrolment went.
 *
 * @param ok whether the device has its LDevID now
 * @param serial the device's product serial number; empty when its identity could not even be read
 * @param assertion of the voucher that was accepted
 * @param ldevidSubject subject of the LDevID, RFC 2253 with the keyword serialNumber
 * @param refused why it did not go well
 * @param steps of all attempts, in order
 * @param peakHeap octets of heap that the process has used at most meanwhile, garbage included; only where little memory was asked for
 */
public record OnboardReport(boolean ok, Optional<String> serial, Optional<Assertion> assertion, Optional<String> ldevidSubject,
    Optional<Refusal> refused, List<Step> steps, Optional<Long> peakHeap) {
  /** Keeps an unmodifiable copy. */
  public OnboardReport {
    steps = List.copyOf(steps);
  }

  /** A report that does not tell of memory. */
  public OnboardReport(boolean ok, Optional<String> serial, Optional<Assertion> assertion, Optional<String> ldevidSubject,
      Optional<Refusal> refused, List<Step> steps) {
    this(ok, serial, assertion, ldevidSubject, refused, steps, Optional.empty());
  }

  /** The same, telling of memory. */
  public OnboardReport withPeakHeap(long octets) {
    return new OnboardReport(ok, serial, assertion, ldevidSubject, refused, steps, Optional.of(octets));
  }

  /** It did not begin. */
  public static OnboardReport notBegun(Refusal refusal) {
    return new OnboardReport(false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(refusal), List.of());
  }

  /** The object that {@code --json} prints. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ok", ok);
    json.put("serial", serial.orElse(null));
    json.put("assertion", assertion.map(Assertion::label).orElse(null));
    json.put("ldevid_subject", ldevidSubject.orElse(null));
    json.put("refused", refused.map(refusal -> refusal.reason().name() + ": " + refusal.detail()).orElse(null));
    json.put("steps", steps.stream().map(OnboardReport::json).toList());
    peakHeap.ifPresent(octets -> json.put("peak_heap_bytes", octets));
    return json;
  }

  private static Map<String, Object> json(Step step) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", step.name());
    json.put("status", step.status().label());
    json.put("ms", step.ms());
    step.why().ifPresent(why -> json.put("why", why));
    return json;
  }
}
