package org.eider.registrar;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eider.pki.Certificates;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.pki.UntrustedException.Fault;
import org.eider.wire.Octets;

/**
 * Finds out which device of which configured manufacturer an IDevID speaks for (RFC 8995 sections 2.3.1, 2.5.3 and 5.3). Nothing of
 * the certificate is believed before its chain is.
 */
final class Idevids {
  private static final int LONGEST_SERIAL_NUMBER = 128;
  private static final int DIGITAL_SIGNATURE = 0;

  private final ManufacturerStore manufacturers;

  Idevids(ManufacturerStore manufacturers) {
    this.manufacturers = manufacturers;
  }

  /**
   * A device whose IDevID is valid under its manufacturer's anchors.
   *
   * @param chain the IDevID and every CA above it, as far up as what was shown and the manufacturer's anchors lead
   */
  record Proven(Manufacturer manufacturer, DeviceId device, X509Certificate idevid, List<X509Certificate> chain) {}

  /**
   * The device that {@code chain} speaks for. Where manufacturers share anchors, one with a list of expected devices goes before one
   * without, then the first by name: adding a manufacturer never lets in whom the list keeps out.
   *
   * @param chain end entity first, then whatever certificates came along, in any order
   */
  Proven identify(List<X509Certificate> chain, Instant at) throws Stopped {
    X509Certificate idevid = chain.get(0);
    List<X509Certificate> candidates = distinct(chain);
    Optional<UntrustedException> fault = Optional.empty();
    for (Manufacturer manufacturer : strictestFirst()) {
      try {
        List<X509Certificate> path = manufacturers.idevidTrust(manufacturer).validate(candidates, at, leniency(manufacturer));
        return proven(manufacturer, idevid, upToRoot(path, candidates, manufacturer.idevidAnchors()));
      } catch (UntrustedException e) {
        fault = fault.or(() -> e.fault() == Fault.NO_PATH ? Optional.empty() : Optional.of(e));
      }
    }
    if (fault.isPresent()) {
      throw Stopped.refused(VoucherReason.IDEVID_INVALID, "the IDevID is not valid: " + fault.get().getMessage());
    }
    throw Stopped.refused(VoucherReason.UNKNOWN_MANUFACTURER, "the IDevID chains to no manufacturer that this registrar knows");
  }

  private List<Manufacturer> strictestFirst() {
    return manufacturers.manufacturers().stream()
        .sorted(Comparator.comparing(Idevids::leniencyOfAdmission).thenComparing(Manufacturer::name))
        .toList();
  }

  private static int leniencyOfAdmission(Manufacturer manufacturer) {
    return switch (manufacturer.admission()) {
      case EXPECTED -> 0;
      case MANUAL -> 1;
      case AUTO -> 2;
    };
  }

  /** Without repetitions, whatever classes the certificates are of, and as many as are looked at. */
  private static List<X509Certificate> distinct(List<X509Certificate> chain) {
    Set<Octets> seen = new HashSet<>();
    return chain.stream().filter(certificate -> seen.add(Certificates.der(certificate))).limit(TrustAnchors.MAX_CHAIN).toList();
  }

  /** The path, and above its anchor, where that is no root, whose names lead on. A MASA judges them; nothing here hangs on them. */
  private static List<X509Certificate> upToRoot(List<X509Certificate> path, List<X509Certificate> shown, List<X509Certificate> anchors) {
    List<X509Certificate> chain = new ArrayList<>(path);
    while (chain.size() < TrustAnchors.MAX_CHAIN) {
      X509Certificate top = chain.get(chain.size() - 1);
      Optional<X509Certificate> above = Stream.concat(anchors.stream(), shown.stream())
          .filter(each -> each.getSubjectX500Principal().equals(top.getIssuerX500Principal()) && !chain.contains(each))
          .findFirst();
      if (top.getSubjectX500Principal().equals(top.getIssuerX500Principal()) || above.isEmpty()) {
        break;
      }
      chain.add(above.get());
    }
    return List.copyOf(chain);
  }

  private static TrustAnchors.Leniency[] leniency(Manufacturer manufacturer) {
    return manufacturer.ignoreIdevidValidity()
        ? new TrustAnchors.Leniency[] {TrustAnchors.Leniency.IGNORE_VALIDITY}
        : new TrustAnchors.Leniency[0];
  }

  private static Proven proven(Manufacturer manufacturer, X509Certificate idevid, List<X509Certificate> chain) throws Stopped {
    boolean[] usage = idevid.getKeyUsage();
    if (idevid.getBasicConstraints() >= 0 || usage != null && !usage[DIGITAL_SIGNATURE]) {
      throw Stopped.refused(VoucherReason.IDEVID_INVALID, "the client's certificate may not be used to sign as a device");
    }
    String serialNumber = manufacturer.serialNumbers().serialNumber(idevid)
        .filter(Idevids::usable)
        .orElseThrow(() -> Stopped.refused(VoucherReason.NO_SERIAL_NUMBER,
            "the IDevID has no serial number of 1 to " + LONGEST_SERIAL_NUMBER + " printable characters where it should be"));
    return new Proven(manufacturer, new DeviceId(manufacturer.name(), serialNumber), idevid, chain);
  }

  private static boolean usable(String serialNumber) {
    return !serialNumber.isBlank() && serialNumber.length() <= LONGEST_SERIAL_NUMBER
        && serialNumber.equals(serialNumber.strip()) && serialNumber.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }
}
