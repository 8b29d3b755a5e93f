package org.eider.pki;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.util.IPAddress;
import org.eider.pki.UntrustedException.Fault;
import org.eider.wire.DecodeException;

/** The name check of RFC 9525 for outbound TLS: subjectAltName dNSName and iPAddress only, never the common name. */
public final class ServiceName {
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");
  private static final int LEAST_WILDCARD_LABELS = 3;

  private ServiceName() {}

  /**
   * Checks that {@code certificate} names {@code host}: an IP literal against iPAddress, anything else against dNSName, where a
   * wildcard may be the whole left-most label.
   *
   * @throws UntrustedException with WRONG_NAME
   */
  public static void check(X509Certificate certificate, String host) throws UntrustedException {
    if (!isNamed(readable(certificate), host)) {
      throw new UntrustedException(Fault.WRONG_NAME, "the certificate does not name " + host);
    }
  }

  private static X509Certificate readable(X509Certificate certificate) throws UntrustedException {
    try {
      return Certificates.adopt(List.of(certificate)).get(0);
    } catch (DecodeException e) {
      throw new UntrustedException(Fault.WRONG_NAME, "the certificate is malformed", e);
    }
  }

  private static boolean isNamed(X509Certificate certificate, String host) {
    Optional<byte[]> address = address(host);
    return address.isPresent()
        ? names(certificate, GeneralName.iPAddress).anyMatch(name -> isAddress(name, address.get()))
        : names(certificate, GeneralName.dNSName).anyMatch(name -> matches(((ASN1String) name).getString(), host));
  }

  private static Stream<ASN1Encodable> names(X509Certificate certificate, int kind) {
    return Certificates.extension(certificate, Extension.subjectAlternativeName).stream()
        .flatMap(value -> Stream.of(GeneralNames.getInstance(value).getNames()))
        .filter(name -> name.getTagNo() == kind)
        .map(GeneralName::getName);
  }

  private static boolean isAddress(ASN1Encodable name, byte[] address) {
    return Arrays.equals(((ASN1OctetString) name).getOctets(), address);
  }

  /** The octets of an IP literal; hosts that look like one and are none are not names either, so they are never resolved here. */
  private static Optional<byte[]> address(String host) {
    String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    if (!IPAddress.isValid(bare)) {
      return Optional.empty();
    }
    return Optional.of(((ASN1OctetString) new GeneralName(GeneralName.iPAddress, bare).getName()).getOctets());
  }

  /** RFC 9525 section 6.3: label by label, case-insensitive in ASCII; a wildcard is the whole left-most label and stands for one. */
  private static boolean matches(String presented, String reference) {
    String[] names = labels(presented);
    String[] asked = labels(reference);
    if (names.length != asked.length || Arrays.stream(asked).anyMatch(label -> !LABEL.matcher(label).matches())) {
      return false;
    }
    boolean wildcard = names[0].equals("*") && names.length >= LEAST_WILDCARD_LABELS;
    for (int i = wildcard ? 1 : 0; i < names.length; i++) {
      if (!names[i].equalsIgnoreCase(asked[i]) || !LABEL.matcher(names[i]).matches()) {
        return false;
      }
    }
    return true;
  }

  private static String[] labels(String name) {
    return (name.endsWith(".") ? name.substring(0, name.length() - 1) : name).split("\\.", -1);
  }
}
