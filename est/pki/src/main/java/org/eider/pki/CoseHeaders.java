package org.eider.pki;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.wire.CborItem;
import org.eider.wire.CborMap;
import org.eider.wire.CborWriter;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/** One of the two header maps of a COSE message (RFC 9052 section 3): labels are integers or texts, each once. */
final class CoseHeaders {
  static final long ALG = 1;
  static final long CRIT = 2;
  static final long KID = 4;
  static final long X5BAG = 32;
  static final long X5CHAIN = 33;
  /** What we act upon, and so may be critical. */
  private static final Set<Long> UNDERSTOOD = Set.of(ALG, CRIT, KID, X5BAG, X5CHAIN);
  private static final Set<Long> CERTIFICATES = Set.of(X5BAG, X5CHAIN);

  private final CborMap map;
  private final String path;

  private CoseHeaders(CborMap map, String path) {
    this.map = map;
    this.path = path;
  }

  static CoseHeaders of(CborItem item, String path) throws DecodeException {
    CborMap map = item.map(path);
    for (CborMap.Entry entry : map.entries()) {
      if (!entry.key().isInteger() && !entry.key().isText()) {
        throw new DecodeException(Flaw.WRONG_TYPE, path, "a label that is neither integer nor text");
      }
    }
    return new CoseHeaders(map, path);
  }

  /** The protected map from its byte string, which may be of length zero instead of an empty map. */
  static CoseHeaders ofProtected(Octets encoded, String path) throws DecodeException {
    return of(CborItem.read(encoded.isEmpty() ? new CborWriter().map(0).toOctets() : encoded, CoseMessage.MAX_SIZE), path);
  }

  boolean isEmpty() {
    return map.size() == 0;
  }

  boolean has(long label) {
    return map.at(label).isPresent();
  }

  Optional<CborItem> alg() {
    return map.at(ALG);
  }

  Optional<Octets> kid() throws DecodeException {
    Optional<CborItem> kid = map.at(KID);
    return kid.isPresent() ? Optional.of(kid.get().octets(path + "/kid")) : Optional.empty();
  }

  /** Everything critical has to be here and known to us (RFC 9052 section 3.1). */
  void checkCritical() throws DecodeException {
    Optional<CborItem> crit = map.at(CRIT);
    if (crit.isEmpty()) {
      return;
    }
    List<CborItem> labels = crit.get().array(path + "/crit");
    if (labels.isEmpty()) {
      throw new DecodeException(Flaw.MISSING, path + "/crit", "an empty list");
    }
    for (CborItem label : labels) {
      if (!label.isInteger() || !UNDERSTOOD.contains(label.integer(path + "/crit"))) {
        throw new DecodeException(Flaw.UNEXPECTED, path + "/crit", "a critical header parameter that is not understood");
      }
      if (!has(label.integer(path + "/crit"))) {
        throw new DecodeException(Flaw.MISSING, path + "/crit", "a critical header parameter that is not there");
      }
    }
  }

  /** That no label stands in both maps, those of certificates apart: what stands protected is added to by what does not. */
  void checkApartFrom(CoseHeaders other) throws DecodeException {
    for (CborMap.Entry entry : map.entries()) {
      boolean certificates = entry.key().isInteger() && CERTIFICATES.contains(entry.key().integer(path));
      if (!certificates && other.map.entries().stream().anyMatch(theirs -> theirs.key().equals(entry.key()))) {
        throw new DecodeException(Flaw.DUPLICATE_KEY, path, "a label in both headers");
      }
    }
  }

  /** The certificates of x5chain, then of x5bag, in DER as it claims: a byte string, or an array of them, even of one (RFC 9360). */
  List<Octets> certificates() throws DecodeException {
    List<Octets> found = new ArrayList<>();
    for (long label : new long[] {X5CHAIN, X5BAG}) {
      Optional<CborItem> value = map.at(label);
      if (value.isPresent()) {
        found.addAll(certificates(value.get(), path + (label == X5BAG ? "/x5bag" : "/x5chain")));
      }
    }
    return found;
  }

  private static List<Octets> certificates(CborItem value, String path) throws DecodeException {
    if (!value.isArray()) {
      return List.of(value.octets(path));
    }
    List<Octets> all = new ArrayList<>();
    for (CborItem element : value.array(path)) {
      all.add(element.octets(path));
    }
    if (all.isEmpty()) {
      throw new DecodeException(Flaw.MISSING, path, "no certificate");
    }
    return all;
  }

  /** The map without x5bag and x5chain, everything else as it arrived. */
  Octets withoutCertificates() throws DecodeException {
    List<CborMap.Entry> kept = new ArrayList<>();
    for (CborMap.Entry entry : map.entries()) {
      if (!entry.key().isInteger() || !CERTIFICATES.contains(entry.key().integer(path))) {
        kept.add(entry);
      }
    }
    CborWriter out = new CborWriter().map(kept.size());
    kept.forEach(entry -> out.item(entry.key().encoded()).item(entry.value().encoded()));
    return out.toOctets();
  }
}
