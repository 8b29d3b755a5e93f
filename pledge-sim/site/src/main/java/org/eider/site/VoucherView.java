package org.eider.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.eider.pki.Certificates;
import org.eider.pki.CmsOpener;
import org.eider.pki.CmsSigned;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.pki.UntrustedException.Fault;
import org.eider.voucher.VoucherJson;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;

/**
 * One opened voucher or voucher request as people look at it: all members as they stand in the JSON, unknown ones too, certificates
 * by their subjects, and the request inside a request.
 */
final class VoucherView {
  private static final int MAX_NESTING = 3;
  private static final String PRIOR = "prior-signed-voucher-request";
  private static final List<String> CERTIFICATES = List.of(
      "pinned-domain-cert", "proximity-registrar-cert", "agent-provided-proximity-registrar-cert", "agent-sign-cert");
  private static final List<String> OCTETS = List.of("nonce", "idevid-issuer", "pinned-domain-pubk-sha256");
  private static final ObjectMapper PLAIN = new ObjectMapper();

  /** How the signer stands towards the anchors. */
  private record Trust(Optional<X509Certificate> anchor, Optional<UntrustedException> fault) {}

  /** The request inside, or why there is none to show. */
  private record Prior(Optional<VoucherView> view, String problem) {}

  private final Octets message;
  private final CmsSigned signed;
  private final boolean isVoucher;
  private final ObjectNode leaves;
  private final Optional<Trust> trust;
  private final Optional<Prior> prior;

  private VoucherView(
      Octets message, CmsSigned signed, boolean isVoucher, ObjectNode leaves, Optional<Trust> trust, Optional<Prior> prior) {
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
  static VoucherView of(Octets message, Optional<TrustAnchors> anchors, Instant at) throws DecodeException, UntrustedException {
    return of(message, anchors, at, MAX_NESTING);
  }

  private static VoucherView of(Octets message, Optional<TrustAnchors> anchors, Instant at, int nesting)
      throws DecodeException, UntrustedException {
    Collection<X509Certificate> known = anchors.<Collection<X509Certificate>>map(TrustAnchors::certificates).orElse(List.of());
    CmsSigned signed = CmsOpener.open(message, known);
    ObjectNode top = StrictJson.object(signed.content(), VoucherJson.MAX_SIZE);
    boolean isVoucher = top.has("ietf-voucher:voucher");
    if (isVoucher) {
      VoucherJson.voucher(signed.content());
    } else {
      VoucherJson.request(signed.content());
    }
    ObjectNode leaves = (ObjectNode) top.elements().next();
    Optional<Trust> trust = anchors.map(trusted -> trust(trusted, signed, at));
    Optional<Prior> prior = !isVoucher && leaves.has(PRIOR)
        ? Optional.of(prior(leaves.get(PRIOR).asText(), anchors, at, nesting))
        : Optional.empty();
    return new VoucherView(message, signed, isVoucher, leaves, trust, prior);
  }

  private static Trust trust(TrustAnchors anchors, CmsSigned signed, Instant at) {
    try {
      List<X509Certificate> path = anchors.validate(signed.signerChain(), at);
      return new Trust(Optional.of(path.get(path.size() - 1)), Optional.empty());
    } catch (UntrustedException e) {
      return new Trust(Optional.empty(), Optional.of(e));
    }
  }

  private static Prior prior(String base64, Optional<TrustAnchors> anchors, Instant at, int nesting) {
    if (nesting == 0) {
      return new Prior(Optional.empty(), "requests inside requests beyond " + MAX_NESTING + " are not shown");
    }
    try {
      return new Prior(Optional.of(of(Base64Text.strict(base64, PRIOR), anchors, at, nesting - 1)), "");
    } catch (DecodeException | UntrustedException e) {
      return new Prior(Optional.empty(), e.getMessage());
    }
  }

  /** What makes the command fail: an untrusted signer, or a request inside whose signature is not valid. */
  Optional<String> problem() {
    Optional<String> untrusted = trust.flatMap(Trust::fault).map(e -> "the signer is not trusted: " + Printable.of(e.getMessage()));
    return untrusted.or(() -> prior.filter(inner -> inner.view().isEmpty())
        .map(inner -> "the request inside is not valid: " + Printable.of(inner.problem())));
  }

  /** What to do about {@link #problem()}. */
  String advice() {
    boolean expired = trust.flatMap(Trust::fault).filter(e -> e.fault() == Fault.NOT_IN_VALIDITY).isPresent();
    return expired && signed.signingTime().isPresent()
        ? "to judge it at the time of signing, add --at " + signed.signingTime().get()
        : "do not act upon it; if it should be trusted, see that the anchors are those of its signer";
  }

  /** Lines for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(kind() + " in CMS, " + message.size() + " octets");
    line(lines, "signature", judgement());
    line(lines, "signer", name(signed.signer()));
    line(lines, "signer issuer", name(signed.signer().getIssuerX500Principal()));
    line(lines, "signing time", signed.signingTime().map(Instant::toString).orElse("not told"));
    line(lines, "digest", signed.digest() + ", content type " + signed.contentType());
    line(lines, "certificates", Integer.toString(signed.certificates().size()));
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
    map.put("octets", message.size());
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
    signature.put("valid", true);
    signature.put("signer", described(signed.signer()));
    signature.put("signing_time", signed.signingTime().map(Instant::toString).orElse(null));
    signature.put("digest", signed.digest());
    signature.put("content_type", signed.contentType());
    signature.put("certificates", signed.certificates().size());
    signature.put("trusted", trust.map(found -> found.anchor().isPresent()).orElse(null));
    signature.put("anchor", trust.flatMap(Trust::anchor).map(VoucherView::name).orElse(null));
    signature.put("reason", trust.flatMap(Trust::fault).map(Throwable::getMessage).orElse(null));
    return signature;
  }

  private String kind() {
    return isVoucher ? "voucher" : "voucher request";
  }

  private String judgement() {
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
