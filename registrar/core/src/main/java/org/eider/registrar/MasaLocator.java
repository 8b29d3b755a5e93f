package org.eider.registrar;

import java.security.cert.X509Certificate;
import java.util.Optional;
import org.eider.pki.MasaUri;
import org.eider.wire.DecodeException;

/** Says where a device's MASA is, and keeps to the hosts that its manufacturer may name (RFC 8995 sections 2.3.2, 2.8 and 5.4). */
public final class MasaLocator {
  private MasaLocator() {}

  /**
   * The MASA to ask about a device: the manufacturer's configured one, else the one that the IDevID names if it is allowed.
   *
   * @param idevid already proven to be of this manufacturer
   */
  static MasaUri locate(Manufacturer manufacturer, X509Certificate idevid) throws Stopped {
    if (manufacturer.masa().isPresent()) {
      return manufacturer.masa().get();
    }
    MasaUri named = named(idevid)
        .orElseThrow(() -> Stopped.refused(VoucherReason.MASA_NOT_ALLOWED, "the IDevID names no MASA and none is configured"));
    if (!allows(manufacturer, named)) {
      throw Stopped.refused(VoucherReason.MASA_NOT_ALLOWED, "the IDevID names a MASA that its manufacturer is not allowed to name");
    }
    return named;
  }

  /** Whether this manufacturer may send us to {@code masa}; to be asked again for each redirect. */
  public static boolean allows(Manufacturer manufacturer, MasaUri masa) {
    String host = masa.host();
    String withPort = (host.contains(":") ? "[" + host + "]" : host) + ":" + masa.port();
    return manufacturer.allowedMasaHosts().contains(host)
        || manufacturer.allowedMasaHosts().contains(withPort)
        || manufacturer.masa().map(configured -> configured.host().equals(host)).orElse(false);
  }

  private static Optional<MasaUri> named(X509Certificate idevid) throws Stopped {
    try {
      return MasaUri.of(idevid);
    } catch (DecodeException e) {
      throw Stopped.refused(VoucherReason.MASA_NOT_ALLOWED, "the IDevID's MASA address is unusable: " + e.getMessage());
    }
  }
}
