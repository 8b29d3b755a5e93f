package org.eider.pledge;

/** What a person can do about a setback. */
final class Hints {
  private Hints() {}

  static String of(PledgeReason reason) {
    return switch (reason) {
      case UNREACHABLE -> "is the registrar running, and is --registrar its host and port?";
      case NOTHING_HEARD -> "does a join proxy run on that link, and is --interface the one that leads there? --discover auto looks by all methods,"
          + " a longer --discovery-time outlasts a link that loses much, and --registrar is asked when nobody is heard";
      case REGISTRAR_REFUSED -> "is the manufacturer configured there? 'registrar devices SERIAL', or the registrar's log, tells more";
      case REGISTRAR_FAILED -> "the registrar's log tells why; often its MASA does not answer";
      case BAD_ANSWER, TOO_MANY_REDIRECTS -> "is this address really a BRSKI registrar?";
      case REGISTRAR_CHANGED -> "several registrars with different certificates answer at one address";
      case OUT_OF_PATIENCE -> "ask again when the registrar has decided, or wait longer with --patience";
      case VOUCHER_MALFORMED -> "'voucher show' reads what the registrar relays; report it to the manufacturer";
      case VOUCHER_SIGNATURE -> "does anchors.pem hold the certificate that this manufacturer's MASA signs vouchers under?";
      case VOUCHER_SERIAL, VOUCHER_NONCE, VOUCHER_PIN, VOUCHER_ASSERTION, VOUCHER_REVOCATION ->
          "the voucher must not be used by this device; do not onboard it here before that is explained";
      case VOUCHER_DATES -> "compare the clocks of this machine and the MASA; a device without clock is told so with --no-clock";
      case REGISTRAR_NOT_PINNED -> "somebody else's registrar answers, or sits between; do not onboard here before that is explained";
      case DOMAIN_UNRELATED, LDEVID_UNUSABLE, LDEVID_NOT_TAKEN -> "the registrar's own CA is set up inconsistently; see its log";
      case ISSUED_WITHOUT_VOUCHER -> "the registrar does not protect its EST; report it to its maker";
      case GAVE_UP -> "run it again";
    };
  }
}
