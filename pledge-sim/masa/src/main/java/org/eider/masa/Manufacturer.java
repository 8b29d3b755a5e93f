package org.eider.masa;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.OtherName;
import org.eider.masa.Inventory.Result;
import org.eider.masa.JournalEntry.Made;
import org.eider.masa.JournalEntry.Released;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.pki.MasaUri;

/**
 * A manufacturer over its data folder: makes devices, and lets go of their owners. Several may be open over one folder at a time,
 * in one process or in several.
 */
public final class Manufacturer implements AutoCloseable {
  /** Longest serial number (X.520 ub-serial-number). */
  public static final int MAX_SERIAL = 64;

  private static final ASN1ObjectIdentifier HARDWARE_MODULE_NAME = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.8.4");
  /** Below the private enterprise number that RFC 5612 sets aside for examples. */
  private static final ASN1ObjectIdentifier HARDWARE_TYPE = new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1.1");
  private static final Duration BACKDATED = Duration.ofDays(1);

  private final DataFolder folder;
  private final KeyStore keys;
  private final Inventory inventory;
  private final SecureRandom random;
  private final InstantSource clock;

  private Manufacturer(DataFolder folder, KeyStore keys, Inventory inventory, SecureRandom random, InstantSource clock) {
    this.folder = folder;
    this.keys = keys;
    this.inventory = inventory;
    this.random = random;
    this.clock = clock;
  }

  /** Opens a data folder; folder and keys are made when they are not there. */
  public static Manufacturer openOrCreate(Path data, SecureRandom random, InstantSource clock) throws IOException {
    DataFolder folder = DataFolder.openOrCreate(data);
    KeyStore keys = KeyStore.openOrCreate(folder, random, clock.instant());
    return new Manufacturer(folder, keys, Inventory.open(folder.path()), random, clock);
  }

  /** Whether {@code serial} can be a serial number: 1 to 64 characters of printable ASCII, no space at either end. */
  public static boolean isSerialNumber(String serial) {
    return !serial.isEmpty() && serial.length() <= MAX_SERIAL && serial.equals(serial.strip()) && serial.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  /**
   * Makes a device: a fresh key, and an IDevID that stands in the inventory before this returns (IEEE 802.1AR, RFC 8995 section
   * 2.3). A device of that serial number that there already is gets a further IDevID; its owner and history stay.
   *
   * @param soldTo certificate of the domain that has bought the device, whose registrar then gets {@code verified}
   * @return the IDevID; its chain ends with the root
   * @throws IllegalArgumentException when the serial number is none
   */
  public Credential make(String serial, KeyType type, Optional<X509Certificate> soldTo) throws IOException {
    if (!isSerialNumber(serial)) {
      throw new IllegalArgumentException("a serial number has 1 to " + MAX_SERIAL + " characters of printable ASCII");
    }
    KeyPair key = type.generate(random);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    List<Extension> extensions = List.of(
        CertificateMaker.keyUsage(KeyUsage.digitalSignature), hardwareModuleName(serial),
        MasaUri.extension(DataFolder.authority(folder.portForIdevids())));
    LdevidTemplate template =
        new LdevidTemplate(subject(serial), key.getPublic(), now.minus(BACKDATED), CertificateMaker.NO_END, extensions);
    X509Certificate idevid = CertificateMaker.endEntity(keys.idevidCa(), template, CertificateMaker.newSerial(random));
    DeviceId id = new DeviceId(serial, Certificates.idevidIssuer(idevid));
    Made made = new Made(now, id, Certificates.der(idevid), soldTo.map(domain -> Owner.buyer(domain, now)));
    inventory.change(view -> new Result<>(made, Optional.of(made)));
    return new Credential(key.getPrivate(), List.of(idevid, keys.idevidCa().certificate()));
  }

  /** Takes the device from its owner; false when it had none. */
  public boolean release(DeviceId id) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return inventory.change(view -> {
      boolean owned = view.device(id).flatMap(Device::owner).isPresent();
      return new Result<>(owned, owned ? Optional.of(new Released(now, id)) : Optional.empty());
    });
  }

  /** The devices. */
  public Inventory inventory() {
    return inventory;
  }

  /** What the firmware of devices trusts for vouchers. */
  public List<X509Certificate> voucherAnchors() {
    return keys.voucherAnchors();
  }

  DataFolder folder() {
    return folder;
  }

  KeyStore keys() {
    return keys;
  }

  @Override
  public void close() {
    inventory.close();
  }

  private X500Name subject(String serial) {
    ASN1Encodable text = ASN1PrintableString.isPrintableString(serial) ? new DERPrintableString(serial) : new DERUTF8String(serial);
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, folder.manufacturer())
        .addRDN(BCStyle.SERIALNUMBER, text)
        .build();
  }

  private static Extension hardwareModuleName(String serial) {
    DERSequence value = new DERSequence(
        new ASN1Encodable[] {HARDWARE_TYPE, new DEROctetString(serial.getBytes(StandardCharsets.US_ASCII))});
    GeneralName other = new GeneralName(GeneralName.otherName, new OtherName(HARDWARE_MODULE_NAME, value));
    return CertificateMaker.extension(Extension.subjectAlternativeName, false, new GeneralNames(other));
  }
}
