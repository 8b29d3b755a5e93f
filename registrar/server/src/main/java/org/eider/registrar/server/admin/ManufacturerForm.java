package org.eider.registrar.server.admin;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eider.pki.Certificates;
import org.eider.pki.MasaUri;
import org.eider.pki.SerialNumberProfile;
import org.eider.registrar.AuditPolicy;
import org.eider.registrar.Manufacturer;
import org.eider.voucher.SidRevision;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;

/**
 * A manufacturer as it stands in JSON.
 *
 * @param name its name here
 * @param idevidAnchors PEM
 * @param masa its MASA's address; absent for that of the IDevID
 * @param allowedMasaHosts hosts that IDevIDs may name
 * @param masaTlsAnchors PEM; empty for the public anchors
 * @param voucherAnchors PEM
 * @param admission {@code auto}, {@code expected} or {@code manual}
 * @param serialProfile where IDevIDs carry the serial number, lower case with dashes
 * @param ignoreIdevidValidity whether expired IDevIDs are taken
 * @param audit what its MASA's audit logs may say; absent for the standard policy
 * @param sidRevision by which SIDs its MASA is asked in CBOR; absent for the newest
 */
public record ManufacturerForm(String name, String idevidAnchors, Optional<String> masa, List<String> allowedMasaHosts,
    String masaTlsAnchors, String voucherAnchors, String admission, String serialProfile, boolean ignoreIdevidValidity,
    Optional<AuditPolicyForm> audit, Optional<String> sidRevision) {

  /** The form of a manufacturer. */
  public static ManufacturerForm of(Manufacturer manufacturer) {
    return new ManufacturerForm(manufacturer.name(), Certificates.pem(manufacturer.idevidAnchors()),
        manufacturer.masa().map(masa -> masa.base().toString()), List.copyOf(new TreeSet<>(manufacturer.allowedMasaHosts())),
        manufacturer.masaTlsAnchors().isEmpty() ? "" : Certificates.pem(manufacturer.masaTlsAnchors()),
        Certificates.pem(manufacturer.voucherAnchors()), manufacturer.admission().label(), label(manufacturer.serialNumbers()),
        manufacturer.ignoreIdevidValidity(), Optional.of(AuditPolicyForm.of(manufacturer.auditPolicy())),
        Optional.of(manufacturer.sidRevision().label()));
  }

  /** The manufacturer; a form that makes none is refused with what is wrong. */
  public Manufacturer manufacturer() throws DecodeException {
    try {
      return new Manufacturer(name, Certificates.parsePem(idevidAnchors), parsedMasa(), Set.copyOf(allowedMasaHosts),
          anchors(masaTlsAnchors), Certificates.parsePem(voucherAnchors),
          admissionOf(admission), profileOf(serialProfile), ignoreIdevidValidity,
          audit.isPresent() ? audit.get().policy() : AuditPolicy.standard(),
          sidRevision.isPresent() ? sidsOf(sidRevision.get()) : SidRevision.newest());
    } catch (IllegalArgumentException e) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, "manufacturer", e.getMessage(), e);
    }
  }

  /** The profile's name in options and JSON. */
  public static String label(SerialNumberProfile profile) {
    return profile.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Optional<MasaUri> parsedMasa() throws DecodeException {
    return masa.isPresent() ? Optional.of(MasaUri.parse(masa.get())) : Optional.empty();
  }

  private static List<X509Certificate> anchors(String pem) throws DecodeException {
    return pem.isEmpty() ? List.of() : Certificates.parsePem(pem);
  }

  private static Manufacturer.Admission admissionOf(String label) throws DecodeException {
    return Arrays.stream(Manufacturer.Admission.values()).filter(admission -> admission.label().equals(label)).findFirst()
        .orElseThrow(() -> new DecodeException(Flaw.OUT_OF_RANGE, "admission", "none of auto, expected and manual"));
  }

  private static SidRevision sidsOf(String label) throws DecodeException {
    return SidRevision.ofLabel(label)
        .orElseThrow(() -> new DecodeException(Flaw.OUT_OF_RANGE, "sid_revision", "not a revision that we know"));
  }

  private static SerialNumberProfile profileOf(String label) throws DecodeException {
    return Arrays.stream(SerialNumberProfile.values()).filter(profile -> label(profile).equals(label)).findFirst()
        .orElseThrow(() -> new DecodeException(Flaw.OUT_OF_RANGE, "serial_profile", "not a profile that we know"));
  }
}
