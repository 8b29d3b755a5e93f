package org.eider.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.eider.pki.Certificates;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.pki.UntrustedException.Fault;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * One opened voucher or voucher request as people look at it: all members as they stand there, unknown ones too, certificates
 * by their subjects, and the request inside a request.
 */
final class VoucherView {
  private static final int MAX_NESTING = 3;
  private static final String UNKNOWN_SIGNER = "the message carries no certificate of its signer, and none is known";
  private static final String PRIOR = "prior-signed-voucher-request";
  private static final List<String> CERTIFICATES = List.of(
      "pinned-domain-cert", "proximity-registrar-cert", "agent-provided-proximity-registrar-cert", "agent-sign-cert");
  private static final List<String> OCTETS = List.of("nonce", "idevid-issuer", "pinned-domain-pubk-sha256",
      "proximity-registrar-pubk-sha256");
  private static final ObjectMapper PLAIN = new ObjectMapper();

  /** How the signer stands towards the anchors. */
  private record Trust(Optional<X509Certificate> anchor, Optional<UntrustedException> fault) {}

  /** The request inside, or why there is none to show. */
  private record Prior(Optional<VoucherView> view, String problem) {}

  private final VoucherArtifact message;
  private final SignedContent signed;
  private final boolean isVoucher;
  private final ObjectNode leaves;
  private final Optional<Trust> trust;
  private final Optional<Prior> prior;

  private VoucherView(
      VoucherArtifact message, SignedContent signed, boolean isVoucher, ObjectNode leaves, Optional<Trust> trust, Optional<Prior> prior) {
    this.message = message;
    this.signed = signed;
    this.isVoucher = isVoucher;
    this.leaves = leaves;
    this.trust = trust;
    this.prior = prior;
  }

  /**
   * Opens a message.
   *
   * @param anchors what the signer has to chain to; none for not judging that
   * @param at when it has to
   */
  static VoucherView of(VoucherArtifact message, Optional<TrustAnchors> anchors, Instant at) throws DecodeException, UntrustedException {
    return of(message, anchors, at, List.of(), MAX_NESTING);
  }

  /** @param outer certificates of the message that this one is inside of */
  private static VoucherView of(
      VoucherArtifact message, Optional<TrustAnchors> anchors, Instant at, List<X509Certificate> outer, int nesting)
      throws DecodeException, UntrustedException {
    List<X509Certificate> known = new ArrayList<>(anchors.map(TrustAnchors::certificates).orElse(Set.of()));
    known.addAll(outer);
    SignedContent signed = SignedContent.open(message, known);
    ObjectNode top = signed.leaves();
    boolean isVoucher = top.has("ietf-voucher:voucher");
    ObjectNode leaves = (ObjectNode) top.elements().next();
    Optional<Trust> trust = anchors.map(trusted -> trust(trusted, signed, outer, at));
    Optional<Prior> prior = !isVoucher && leaves.has(PRIOR)
        ? Optional.of(prior(message.format(), leaves.get(PRIOR).asText(), anchors, at, signed.chain(), nesting))
        : Optional.empty();
    return new VoucherView(message, signed, isVoucher, leaves, trust, prior);
  }

  private static Trust trust(TrustAnchors anchors, SignedContent signed, List<X509Certificate> outer, Instant at) {
    try {
      List<X509Certificate> chain = Stream.concat(signed.chain().stream(), outer.stream()).distinct()
          .limit(TrustAnchors.MAX_CHAIN).toList();
      if (signed.signer().isEmpty()) {
        throw new UntrustedException(Fault.SIGNER_UNKNOWN, UNKNOWN_SIGNER);
      }
      List<X509Certificate> path = anchors.validate(chain, at);
      return new Trust(Optional.of(path.get(path.size() - 1)), Optional.empty());
    } catch (UntrustedException e) {
      return new Trust(Optional.empty(), Optional.of(e));
    }
  }

  private static Prior prior(VoucherFormat format, String base64, Optional<TrustAnchors> anchors, Instant at, List<X509Certificate> outer,
      int nesting) {
    if (nesting == 0) {
      return new Prior(Optional.empty(), "requests inside requests beyond " + MAX_NESTING + " are not shown");
    }
    try {
      VoucherArtifact inside = new VoucherArtifact(format, Base64Text.strict(base64, PRIOR));
      return new Prior(Optional.of(of(inside, anchors, at, outer, nesting - 1)), "");
    } catch (DecodeException | UntrustedException e) {
      return new Prior(Optional.empty(), e.getMessage());
    }
  }

  /** What makes the command fail: an untrusted signer, or a request inside whose signature is not valid. */
  Optional<String> problem() {
    if (signed.signer().isEmpty()) {
      return Optional.of("the signature cannot be judged: " + UNKNOWN_SIGNER);
    }
    Optional<String> untrusted = trust.flatMap(Trust::fault).map(e -> "the signer is not trusted: " + Printable.of(e.getMessage()));
    return untrusted.or(() -> prior.filter(inner -> inner.view().isEmpty())
        .map(inner -> "the request inside is not valid: " + Printable.of(inner.problem())));
  }

  /** What to do about {@link #problem()}. */
  String advice() {
    if (signed.signer().isEmpty()) {
      return "give the signer's certificate with --verify; for a pledge's request that is its IDevID";
    }
    boolean expired = trust.flatMap(Trust::fault).filter(e -> e.fault() == Fault.NOT_IN_VALIDITY).isPresent();
    return expired && signed.signingTime().isPresent()
        ? "to judge it at the time of signing, add --at " + signed.signingTime().get()
        : "do not act upon it; if it should be trusted, see that the anchors are those of its signer";
  }

  /** Lines for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(kind() + " in " + signed.format() + ", " + message.bytes().size() + " octets");
    line(lines, "signature", judgement());
    line(lines, "signer", signed.signer().map(VoucherView::name).orElse("not told"));
    signed.signer().ifPresent(signer -> line(lines, "signer issuer", name(signer.getIssuerX500Principal())));
    signed.facts().forEach((name, value) -> line(lines, name, value));
    for (Map.Entry<String, JsonNode> leaf : leaves.properties()) {
      if (leaf.getKey().equals(PRIOR) && prior.isPresent()) {
        line(lines, PRIOR, prior.get().view().isPresent() ? "" : "NOT VALID: " + Printable.of(prior.get().problem()));
        prior.get().view().ifPresent(inner -> inner.lines().forEach(text -> lines.add("    " + text)));
      } else {
        line(lines, Printable.of(leaf.getKey()), shown(leaf.getKey(), leaf.getValue()));
      }
    }
    return lines;
  }

  /** The same for programs. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("kind", isVoucher ? "voucher" : "voucher-request");
    map.put("format", signed.format().toLowerCase(java.util.Locale.ROOT));
    map.put("octets", message.bytes().size());
    map.put("signature", signature());
    map.put("leaves", PLAIN.convertValue(leaves, Map.class));
    Map<String, Object> certificates = new LinkedHashMap<>();
    for (String leaf : CERTIFICATES) {
      if (leaves.has(leaf)) {
        certificates.put(leaf, certificate(leaves.get(leaf)).<Object>map(VoucherView::described).orElse("cannot be parsed"));
      }
    }
    map.put("certificates", certificates);
    prior.ifPresent(inner -> map.put("prior_signed_voucher_request", inner.view().map(VoucherView::toMap)
        .orElseGet(() -> Map.of("signature", Map.of("valid", false, "reason", inner.problem())))));
    return map;
  }

  private Map<String, Object> signature() {
    Map<String, Object> signature = new LinkedHashMap<>();
    signature.put("valid", signed.signer().isPresent() ? true : null);
    signature.put("signer", signed.signer().map(VoucherView::described).orElse(null));
    signature.put("signing_time", signed.signingTime().map(Instant::toString).orElse(null));
    signature.putAll(signed.forPrograms());
    signature.put("trusted", trust.map(found -> found.anchor().isPresent()).orElse(null));
    signature.put("anchor", trust.flatMap(Trust::anchor).map(VoucherView::name).orElse(null));
    signature.put("reason", trust.flatMap(Trust::fault).map(Throwable::getMessage).orElse(null));
    return signature;
  }

  private String kind() {
    return isVoucher ? "voucher" : "voucher request";
  }

  private String judgement() {
    if (signed.signer().isEmpty()) {
      return "NOT JUDGED: " + UNKNOWN_SIGNER;
    }
    return trust.map(found -> found.anchor().map(anchor -> "valid, signer trusted by " + name(anchor))
            .orElseGet(() -> "valid, signer NOT trusted: " + Printable.of(found.fault().orElseThrow().getMessage())))
        .orElse("valid, signer not checked (no --verify)");
  }

  private static void line(List<String> lines, String name, String value) {
    lines.add(("  " + name + ": " + value).stripTrailing());
  }

  private static String shown(String leaf, JsonNode value) {
    if (CERTIFICATES.contains(leaf)) {
      return certificate(value).map(VoucherView::sentence).orElse("cannot be parsed as a certificate");
    }
    String text = Printable.of(value.isTextual() ? value.asText() : value.toString());
    return OCTETS.contains(leaf) ? text + octets(value.asText()) : text;
  }

  private static String octets(String base64) {
    try {
      Octets octets = Base64Text.lenient(base64, "");
      return " (" + octets.size() + " octets" + (octets.size() > 64 ? ")" : ": " + octets.hex() + ")");
    } catch (DecodeException e) {
      return " (not base64)";
    }
  }

  private static Optional<X509Certificate> certificate(JsonNode value) {
    try {
      return Optional.of(Certificates.parse(Base64Text.strict(value.asText(), "")));
    } catch (DecodeException e) {
      return Optional.empty();
    }
  }

  private static String sentence(X509Certificate certificate) {
    return name(certificate) + ", issued by " + name(certificate.getIssuerX500Principal()) + ", valid "
        + certificate.getNotBefore().toInstant() + " to " + certificate.getNotAfter().toInstant()
        + ", sha256 " + Certificates.der(certificate).sha256().hex();
  }

  private static Map<String, Object> described(X509Certificate certificate) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("subject", name(certificate));
    map.put("issuer", name(certificate.getIssuerX500Principal()));
    map.put("serial", certificate.getSerialNumber().toString(16));
    map.put("not_before", certificate.getNotBefore().toInstant().toString());
    map.put("not_after", certificate.getNotAfter().toInstant().toString());
    map.put("sha256", Certificates.der(certificate).sha256().hex());
    return map;
  }

  private static String name(X509Certificate certificate) {
    return name(certificate.getSubjectX500Principal());
  }

  private static String name(X500Principal principal) {
    return Printable.of(Certificates.name(principal));
  }
}
