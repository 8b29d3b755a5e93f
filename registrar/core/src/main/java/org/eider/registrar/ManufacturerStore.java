package org.eider.registrar;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eider.pki.TrustAnchors;

/** The manufacturers that this registrar knows. Durability, threads and errors are those of {@link DeviceLedger}. */
public interface ManufacturerStore {
  /** Adds a manufacturer, or replaces the one of that name; its list of expected devices stays. */
  void put(Manufacturer manufacturer);

  /** Removes a manufacturer and its list of expected devices; its devices stay. */
  boolean remove(String name);

  /** The manufacturer of that name. */
  Optional<Manufacturer> manufacturer(String name);

  /** All manufacturers by name. */
  List<Manufacturer> manufacturers();

  /** What IDevIDs of that manufacturer chain to. A store that keeps the anchors lets them remember what they have verified. */
  default TrustAnchors idevidTrust(Manufacturer manufacturer) {
    return TrustAnchors.of(manufacturer.idevidAnchors());
  }

  /** What vouchers of that manufacturer chain to; as {@link #idevidTrust}. */
  default TrustAnchors voucherTrust(Manufacturer manufacturer) {
    return TrustAnchors.of(manufacturer.voucherAnchors());
  }

  /** Adds serial numbers to the list of expected devices. */
  void expect(String manufacturer, Collection<String> serialNumbers);

  /** Whether a device was listed. */
  boolean isExpected(DeviceId device);
}
