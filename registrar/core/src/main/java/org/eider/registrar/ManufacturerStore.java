package org.eider.registrar;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eider.pki.TrustAnchors;

/** The manufacturers that this registrar knows. Durability, threads and errors are those of {@link DeviceLedger}. */
public interface ManufacturerStore {
  /** Who changed something, where nobody can tell. */
  String SOMEBODY = "unknown";

  /**
   * Adds a manufacturer, or replaces the one of that name; its list of expected devices stays.
   *
   * @param by who wants it, for the journal; up to 64 characters that are fit for a log
   */
  void put(Manufacturer manufacturer, String by);

  /** The same by {@link #SOMEBODY}. */
  default void put(Manufacturer manufacturer) {
    put(manufacturer, SOMEBODY);
  }

  /**
   * Removes a manufacturer and its list of expected devices; its devices stay.
   *
   * @param by as for {@link #put(Manufacturer, String)}
   */
  boolean remove(String name, String by);

  /** The same by {@link #SOMEBODY}. */
  default boolean remove(String name) {
    return remove(name, SOMEBODY);
  }

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

  /**
   * Adds serial numbers to the list of expected devices.
   *
   * @param by as for {@link #put(Manufacturer, String)}
   */
  void expect(String manufacturer, Collection<String> serialNumbers, String by);

  /** The same by {@link #SOMEBODY}. */
  default void expect(String manufacturer, Collection<String> serialNumbers) {
    expect(manufacturer, serialNumbers, SOMEBODY);
  }

  /** Whether a device was listed. */
  boolean isExpected(DeviceId device);
}
