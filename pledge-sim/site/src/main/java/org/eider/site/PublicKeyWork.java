package org.eider.site;

import java.util.List;
import java.util.Map;

/**
 * The public-key operations of one onboarding that no registrar can do without, whatever it remembers of earlier ones. What can be
 * remembered does not count: signatures on certificates that come again (manufacturer, voucher signer, MASA), the signature on an
 * LDevID, which a registrar recognises as its own, and handshakes with the MASA, whose connections stay.
 */
enum PublicKeyWork {
  /** A fresh key of ours for one handshake. */
  KEY_GENERATION("key generation", 2, "ECDHE of the two handshakes, by IDevID and by LDevID"),
  /** The secret shared with a client. */
  KEY_AGREEMENT("key agreement", 2, "ECDHE of the two handshakes"),
  /** A signature of ours. */
  SIGNATURE("signature", 4, "CertificateVerify of the two handshakes; the request to the MASA; the LDevID"),
  /** A signature by a key that was not seen before. */
  NEW_KEY_VERIFICATION("verification, key not seen before", 4,
      "CertificateVerify of the client in the two handshakes; the pledge's voucher request; its certification request"),
  /** A signature by a key that comes again. */
  KNOWN_KEY_VERIFICATION("verification, key seen before", 2, "the IDevID, signed by the manufacturer; the voucher, signed by the MASA");

  private final String label;
  private final int count;
  private final String what;

  PublicKeyWork(String label, int count, String what) {
    this.label = label;
    this.count = count;
    this.what = what;
  }

  /** Its name for people. */
  String label() {
    return label;
  }

  /** How often it happens in one onboarding. */
  int count() {
    return count;
  }

  /** What for. */
  String what() {
    return what;
  }

  /** CPU milliseconds of all of it, from those of one operation of each kind. */
  static double onboarding(Map<PublicKeyWork, Double> single) {
    return List.of(values()).stream().mapToDouble(work -> work.count * single.get(work)).sum();
  }
}
