package org.eider.pledge;

import java.security.cert.X509Certificate;
import java.util.List;
import org.eider.pki.Credential;
import org.eider.pki.SerialNumberProfile;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;

/**
 * What a device leaves the factory with.
 *
 * @param idevid its key and certificate chain (IEEE 802.1AR)
 * @param masaAnchors the certificates in firmware that voucher signatures lead to
 * @param serialNumber its product serial number
 */
public record DeviceIdentity(Credential idevid, List<X509Certificate> masaAnchors, String serialNumber) {
  /** Keeps an unmodifiable copy of the anchors. */
  public DeviceIdentity {
    masaAnchors = List.copyOf(masaAnchors);
  }

  /**
   * Takes the serial number out of the IDevID.
   *
   * @throws DecodeException when there is none where {@code profile} looks, or no anchor at all
   */
  public static DeviceIdentity of(Credential idevid, List<X509Certificate> masaAnchors, SerialNumberProfile profile)
      throws DecodeException {
    if (masaAnchors.isEmpty()) {
      throw new DecodeException(Flaw.MISSING, "anchors", "a device without an anchor can accept no voucher");
    }
    String serial = profile.serialNumber(idevid.certificate())
        .orElseThrow(() -> new DecodeException(Flaw.MISSING, "idevid", "certificate names no serial number (" + profile + ")"));
    return new DeviceIdentity(idevid, masaAnchors, serial);
  }
}
