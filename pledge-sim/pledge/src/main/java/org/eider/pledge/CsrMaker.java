package org.eider.pledge;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.eider.est.ChannelBinding;
import org.eider.wire.Octets;

/**
 * Makes the certification request of one enrolment. While the connection stays the same the request does too, octet for octet (RFC
 * 7030 section 4.2.3); on a new connection, whose channel binding is another, it is made again with the same key (section 3.5).
 */
final class CsrMaker {
  /**
   * What a request says.
   *
   * @param subject the subject asked for
   * @param key the key to be certified
   * @param challengePassword the channel binding in base64
   * @param extensions asked for
   */
  record Plan(X500Name subject, KeyPair key, Optional<String> challengePassword, List<Extension> extensions) {}

  private final X500Name subject;
  private final KeyPair key;
  private final List<Extension> extensions;
  private final Mischief mischief;
  private Optional<ChannelBinding> bound = Optional.empty();
  private Optional<Octets> made = Optional.empty();

  CsrMaker(X500Name subject, KeyPair key, List<Extension> extensions, Mischief mischief) {
    this.subject = subject;
    this.key = key;
    this.extensions = List.copyOf(extensions);
    this.mischief = mischief;
  }

  /** The request for a connection with that channel binding. */
  Octets request(Optional<ChannelBinding> binding) {
    if (made.isEmpty() || !bound.equals(binding)) {
      bound = binding;
      made = Optional.of(mischief.csr(new Plan(subject, key, binding.map(channel -> channel.value().base64()), extensions)));
    }
    return made.get();
  }

  /** The subject for a first enrolment: the serialNumber attribute of the IDevID's subject as it stands there, else {@code serial}. */
  static X500Name subject(X509Certificate idevid, String serial) {
    RDN[] names = X500Name.getInstance(idevid.getSubjectX500Principal().getEncoded()).getRDNs(BCStyle.SERIALNUMBER);
    return names.length > 0 && !names[0].isMultiValued()
        ? new X500Name(new RDN[] {names[0]})
        : new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.SERIALNUMBER, serial).build();
  }
}
