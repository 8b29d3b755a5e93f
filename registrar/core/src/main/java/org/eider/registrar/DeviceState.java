package org.eider.registrar;

/**
 * How far a device has come. Each state is entered by the event of the same meaning; see {@link
 * Fact.DeviceEvent.Kind}. Which state may follow which is decided by {@link Lifecycle}.
 */
public enum DeviceState {
  /** It asked for a voucher and nothing is decided, or the exchange did not finish. */
  REQUESTED,
  /** It was refused a voucher and holds none. */
  REFUSED,
  /** A voucher was handed out; enrolment is open. */
  VOUCHER_ISSUED,
  /** The device reports that it accepted the voucher. */
  VOUCHER_ACCEPTED,
  /** The device reports that it rejected the voucher; enrolment is closed. */
  VOUCHER_REJECTED,
  /** An LDevID was issued. */
  ENROLLED,
  /** The device reports that it uses its LDevID. */
  OPERATIONAL,
  /** The device reports that enrolment failed. */
  ENROLMENT_FAILED;

  /** Whether a first enrolment may happen in this state. */
  public boolean mayEnrol() {
    return switch (this) {
      case VOUCHER_ISSUED, VOUCHER_ACCEPTED, ENROLLED, OPERATIONAL, ENROLMENT_FAILED -> true;
      case REQUESTED, REFUSED, VOUCHER_REJECTED -> false;
    };
  }
}
