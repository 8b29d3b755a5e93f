package org.eider.pki;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.OtherName;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** Reads those extensions that Eider evaluates, once and before anybody relies on them. */
final class WellFormed {
  private WellFormed() {}

  /** Fails when an extension that Eider evaluates is not of its declared type. */
  static void extensions(X509Certificate certificate) throws DecodeException, IOException {
    for (String oid : present(certificate)) {
      byte[] wrapped = certificate.getExtensionValue(oid);
      Octets value = Octets.of(ASN1OctetString.getInstance(wrapped).getOctets());
      Object ignored = switch (oid) {
        case "2.5.29.14" -> ASN1OctetString.getInstance(parse(value, oid));
        case "2.5.29.15" -> KeyUsage.getInstance(parse(value, oid));
        case "2.5.29.17" -> names(GeneralNames.getInstance(parse(value, oid)));
        case "2.5.29.19" -> BasicConstraints.getInstance(parse(value, oid));
        case "2.5.29.30" -> NameConstraints.getInstance(parse(value, oid));
        case "2.5.29.35" -> AuthorityKeyIdentifier.getInstance(parse(value, oid));
        case "2.5.29.36" -> PolicyConstraints.getInstance(parse(value, oid));
        case "2.5.29.37" -> ExtendedKeyUsage.getInstance(parse(value, oid));
        default -> value;
      };
      java.util.Objects.requireNonNull(ignored);
    }
  }

  private static GeneralNames names(GeneralNames names) {
    for (GeneralName name : names.getNames()) {
      if (name.getTagNo() == GeneralName.otherName) {
        OtherName.getInstance(name.getName());
      }
    }
    return names;
  }

  private static ASN1Primitive parse(Octets value, String oid) throws DecodeException {
    return Der.parse(value, Certificates.MAX_SIZE, "extension " + oid);
  }

  private static Set<String> present(X509Certificate certificate) {
    Set<String> oids = new TreeSet<>();
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    Set<String> others = certificate.getNonCriticalExtensionOIDs();
    if (critical != null) {
      oids.addAll(critical);
    }
    if (others != null) {
      oids.addAll(others);
    }
    return oids;
  }
}
