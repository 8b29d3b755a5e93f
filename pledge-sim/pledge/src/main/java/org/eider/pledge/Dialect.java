package org.eider.pledge;

import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.voucher.KeyStyle;
import org.eider.voucher.SidRevision;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherSealer;

/**
 * Where BRSKI and constrained BRSKI part, beside what a {@link RegistrarLink} hides: the states and their order are the same. A table,
 * so that nothing else asks which of both it is.
 */
enum Dialect {
  /** RFC 8995 with EST as in RFC 7030. */
  BRSKI(VoucherSealer.cms(), Proximity.CERT, true, true, false) {
    @Override
    X500Name subject(X509Certificate idevid, String serial) {
      return CsrMaker.subject(idevid, serial);
    }
  },

  /** draft-ietf-anima-constrained-voucher with EST as in RFC 9148. */
  CONSTRAINED(VoucherSealer.bareCose(KeyStyle.sids(SidRevision.newest())), Proximity.PUBK_SHA256, false, false, true) {
    /** Section 6.7.1: the IDevID's, unmodified. */
    @Override
    X500Name subject(X509Certificate idevid, String serial) {
      return X500Name.getInstance(idevid.getSubjectX500Principal().getEncoded());
    }
  };

  private final VoucherSealer sealer;
  private final Proximity proximity;
  private final boolean asksAttributes;
  private final boolean authoritiesFirst;
  private final boolean reportsRenewals;

  Dialect(VoucherSealer sealer, Proximity proximity, boolean asksAttributes, boolean authoritiesFirst, boolean reportsRenewals) {
    this.sealer = sealer;
    this.proximity = proximity;
    this.asksAttributes = asksAttributes;
    this.authoritiesFirst = authoritiesFirst;
    this.reportsRenewals = reportsRenewals;
  }

  /** How that registrar is spoken to. */
  static Dialect of(RegistrarAddress registrar) {
    return of(registrar.scheme());
  }

  /** How registrars of that scheme are spoken to. */
  static Dialect of(RegistrarAddress.Scheme scheme) {
    return switch (scheme) {
      case HTTPS -> BRSKI;
      case COAPS -> CONSTRAINED;
    };
  }

  /** Signs voucher requests. */
  VoucherSealer sealer() {
    return sealer;
  }

  /** Of voucher requests and vouchers. */
  VoucherFormat format() {
    return sealer.format();
  }

  /** The leaf of a request for which none was chosen. */
  Proximity proximity() {
    return proximity;
  }

  /** Whether the registrar is asked what it wants in a certification request; a constrained pledge should not (section 6.7.1). */
  boolean asksAttributes() {
    return asksAttributes;
  }

  /** Whether CA certificates are fetched before there is an LDevID; else only when the pin turns out not to be enough. */
  boolean authoritiesFirst() {
    return authoritiesFirst;
  }

  /** Whether a renewal that is not accepted is reported. */
  boolean reportsRenewals() {
    return reportsRenewals;
  }

  /** The subject of a first certification request. */
  abstract X500Name subject(X509Certificate idevid, String serial);
}
