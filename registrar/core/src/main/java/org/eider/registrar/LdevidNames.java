package org.eider.registrar;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * The names of LDevIDs by an {@link EnrolmentProfile}. The template is parsed first and its values are replaced afterwards, so that
 * no serial number, whatever it is made of, can become anything but the value of an attribute.
 */
final class LdevidNames {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern HOST = Pattern.compile(LABEL.pattern() + "(\\." + LABEL.pattern() + ")*");
  private static final Pattern BRACED = Pattern.compile("\\{[^}]*}?|}");
  private static final String SERIAL = "{serial}";
  private static final String MANUFACTURER = "{manufacturer}";

  private final List<RDN> subject;
  private final List<String> dnsNames;

  /** Reads the profile's templates; an {@link IllegalArgumentException} says what is wrong with them. */
  LdevidNames(EnrolmentProfile profile) {
    requireKnownPlaceholders(profile.subject());
    profile.dnsNames().forEach(LdevidNames::requireKnownPlaceholders);
    List<RDN> written = new ArrayList<>(List.of(new X500Name(BCStyle.INSTANCE, profile.subject()).getRDNs()));
    // RFC 4514 section 2.1 writes the last RDN first.
    Collections.reverse(written);
    this.subject = List.copyOf(written);
    this.dnsNames = profile.dnsNames();
    if (subject.isEmpty()) {
      throw new IllegalArgumentException("the subject of an enrolment profile is empty");
    }
    for (String dnsName : dnsNames) {
      if (!HOST.matcher(fill(dnsName, "x", "x").toLowerCase(Locale.ROOT)).matches()) {
        throw new IllegalArgumentException("not a DNS name: " + dnsName);
      }
    }
  }

  /** The subject of a device's LDevID. */
  X500Name subject(DeviceId device) {
    return new X500Name(BCStyle.INSTANCE, subject.stream().map(rdn -> filled(rdn, device)).toArray(RDN[]::new));
  }

  /** The DNS names of a device's LDevID: without those for which its serial number or manufacturer makes no label. */
  List<String> dnsNames(DeviceId device) {
    String serial = device.serialNumber().toLowerCase(Locale.ROOT);
    String manufacturer = device.manufacturer().toLowerCase(Locale.ROOT);
    return dnsNames.stream()
        .filter(name -> !name.contains(SERIAL) || LABEL.matcher(serial).matches())
        .filter(name -> !name.contains(MANUFACTURER) || LABEL.matcher(manufacturer).matches())
        .map(name -> fill(name, serial, manufacturer).toLowerCase(Locale.ROOT))
        .filter(name -> name.length() <= 253 && HOST.matcher(name).matches())
        .distinct()
        .toList();
  }

  private static RDN filled(RDN rdn, DeviceId device) {
    AttributeTypeAndValue[] attributes = rdn.getTypesAndValues();
    for (int i = 0; i < attributes.length; i++) {
      attributes[i] = new AttributeTypeAndValue(attributes[i].getType(), filled(attributes[i], device));
    }
    return new RDN(attributes);
  }

  private static ASN1Encodable filled(AttributeTypeAndValue attribute, DeviceId device) {
    if (!(attribute.getValue() instanceof ASN1String text) || !holdsPlaceholder(text.getString())) {
      return attribute.getValue();
    }
    String value = fill(text.getString(), device.serialNumber(), device.manufacturer());
    return encoded(attribute.getType(), value);
  }

  /** PrintableString for serialNumber where its alphabet allows it (RFC 5280 appendix A), UTF8String for everything else. */
  private static ASN1Encodable encoded(ASN1ObjectIdentifier type, String value) {
    if (type.equals(BCStyle.DC) || type.equals(BCStyle.EmailAddress)) {
      return new DERIA5String(value);
    }
    boolean printable = type.equals(BCStyle.SERIALNUMBER) || type.equals(BCStyle.DN_QUALIFIER) || type.equals(BCStyle.C);
    return printable && DERPrintableString.isPrintableString(value) ? new DERPrintableString(value) : new DERUTF8String(value);
  }

  private static void requireKnownPlaceholders(String template) {
    BRACED.matcher(template).results().map(MatchResult::group).filter(found -> !found.equals(SERIAL) && !found.equals(MANUFACTURER))
        .findFirst().ifPresent(unknown -> {
          throw new IllegalArgumentException("\"" + unknown + "\" is none of " + SERIAL + " and " + MANUFACTURER);
        });
  }

  private static boolean holdsPlaceholder(String text) {
    return text.contains(SERIAL) || text.contains(MANUFACTURER);
  }

  /** One pass over the template: what is put in is never looked at again. */
  private static String fill(String template, String serial, String manufacturer) {
    StringBuilder filled = new StringBuilder();
    int at = 0;
    while (at < template.length()) {
      if (template.startsWith(SERIAL, at)) {
        filled.append(serial);
        at += SERIAL.length();
      } else if (template.startsWith(MANUFACTURER, at)) {
        filled.append(manufacturer);
        at += MANUFACTURER.length();
      } else {
        filled.append(template.charAt(at++));
      }
    }
    return filled.toString();
  }
}
