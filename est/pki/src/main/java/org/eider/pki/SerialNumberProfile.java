package org.eider.pki;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.OtherName;
import org.eider.wire.Octets;

/** Where a manufacturer puts the product serial number into its IDevIDs (RFC 8995 section 2.3.1). */
public enum SerialNumberProfile {
  /** The subject's serialNumber attribute, 2.5.4.5: what RFC 8995 demands and the default. */
  SUBJECT_SERIAL_NUMBER,
  /** hwSerialNum of the HardwareModuleName in subjectAltName (RFC 4108 section 5): as UTF-8 text if printable, else upper-case hex. */
  HARDWARE_MODULE_NAME,
  /** Cisco SUDI: serialNumber attribute {@code PID:… SN:…}, of which what follows {@code SN:} counts. */
  CISCO_SUDI;

  private static final String HARDWARE_MODULE_NAME_OID = "1.3.6.1.5.5.7.8.4";
  private static final Pattern SUDI = Pattern.compile("PID:.* SN:(\\S+)");

  /** The serial number of an IDevID under this profile; empty when it has none there. */
  public Optional<String> serialNumber(X509Certificate idevid) {
    Optional<String> found = switch (this) {
      case SUBJECT_SERIAL_NUMBER -> Certificates.subjectSerialNumber(idevid);
      case HARDWARE_MODULE_NAME -> hardwareSerial(idevid);
      case CISCO_SUDI -> Certificates.subjectSerialNumber(idevid).flatMap(SerialNumberProfile::afterSn);
    };
    return found.filter(text -> !text.isBlank());
  }

  private static Optional<String> afterSn(String text) {
    Matcher matcher = SUDI.matcher(text);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static Optional<String> hardwareSerial(X509Certificate idevid) {
    return Certificates.extension(idevid, Extension.subjectAlternativeName).stream()
        .flatMap(value -> Stream.of(GeneralNames.getInstance(value).getNames()))
        .filter(name -> name.getTagNo() == GeneralName.otherName)
        .map(name -> OtherName.getInstance(name.getName()))
        .filter(other -> other.getTypeID().getId().equals(HARDWARE_MODULE_NAME_OID))
        .flatMap(other -> hardwareSerial(other).stream())
        .findFirst();
  }

  /** HardwareModuleName ::= SEQUENCE { hwType OBJECT IDENTIFIER, hwSerialNum OCTET STRING } (RFC 4108 section 5). */
  private static Optional<String> hardwareSerial(OtherName name) {
    return name.getValue() instanceof ASN1Sequence pair
            && pair.size() == 2
            && pair.getObjectAt(0) instanceof ASN1ObjectIdentifier
            && pair.getObjectAt(1) instanceof ASN1OctetString serial
        ? Optional.of(text(Octets.of(serial.getOctets())))
        : Optional.empty();
  }

  private static String text(Octets octets) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets.toArray())).toString();
      if (!text.isBlank() && text.codePoints().noneMatch(SerialNumberProfile::isUnprintable)) {
        return text;
      }
    } catch (CharacterCodingException e) {
      return octets.hex().toUpperCase(Locale.ROOT); // octets that are no text are the rule, not an error
    }
    return octets.hex().toUpperCase(Locale.ROOT);
  }

  private static boolean isUnprintable(int c) {
    int kind = Character.getType(c);
    return Character.isISOControl(c) || kind == Character.UNASSIGNED || kind == Character.FORMAT || kind == Character.PRIVATE_USE
        || kind == Character.SURROGATE || kind == Character.LINE_SEPARATOR || kind == Character.PARAGRAPH_SEPARATOR;
  }
}
