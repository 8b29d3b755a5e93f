package org.eider.site;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.pki.CmsOpener;
import org.eider.pki.CmsSigned;
import org.eider.pki.CoseMessage;
import org.eider.pki.CoseOpener;
import org.eider.pki.CoseSigned;
import org.eider.pki.UntrustedException;
import org.eider.pki.UntrustedException.Fault;
import org.eider.voucher.KeyStyle;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherCbor;
import org.eider.voucher.VoucherJson;
import org.eider.wire.DecodeException;
import org.eider.wire.StrictJson;

/**
 * What is signed, whatever the format, and what there is to tell of the signature.
 *
 * @param format CMS or COSE
 * @param leaves the content with its one top-level member, as it stands in JSON or as it would
 * @param signer under whose key the signature verified; empty where nobody's certificate is at hand
 * @param chain the signer first, then the other certificates of the message
 * @param signingTime the time that the signer claims
 * @param facts further ones for people, by name
 * @param forPrograms the same in JSON
 */
record SignedContent(String format, ObjectNode leaves, Optional<X509Certificate> signer, List<X509Certificate> chain,
    Optional<Instant> signingTime, Map<String, String> facts, Map<String, Object> forPrograms) {
  /**
   * Opens a message.
   *
   * @throws UntrustedException when the signature must not be believed; a message in COSE whose signer is not told is none of those
   */
  static SignedContent open(VoucherArtifact message, Collection<X509Certificate> known) throws DecodeException, UntrustedException {
    return switch (message.format()) {
      case CMS_JSON -> ofCms(CmsOpener.open(message.bytes(), known));
      case COSE_CBOR -> ofCose(message, known);
    };
  }

  private static SignedContent ofCms(CmsSigned signed) throws DecodeException {
    ObjectNode top = StrictJson.object(signed.content(), VoucherJson.MAX_SIZE);
    if (top.has("ietf-voucher:voucher")) {
      VoucherJson.voucher(signed.content());
    } else {
      VoucherJson.request(signed.content());
    }
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("signing time", signed.signingTime().map(Instant::toString).orElse("not told"));
    facts.put("digest", signed.digest() + ", content type " + signed.contentType());
    facts.put("certificates", Integer.toString(signed.certificates().size()));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("digest", signed.digest());
    json.put("content_type", signed.contentType());
    json.put("certificates", signed.certificates().size());
    return new SignedContent("CMS", top, Optional.of(signed.signer()), signed.signerChain(), signed.signingTime(), facts, json);
  }

  private static SignedContent ofCose(VoucherArtifact message, Collection<X509Certificate> known)
      throws DecodeException, UntrustedException {
    CoseMessage read = CoseMessage.parse(message.bytes());
    Optional<CoseSigned> signed = signedBy(message, known);
    ObjectNode top = VoucherCbor.asJson(read.payload());
    int carried = read.certificates().size();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("algorithm", read.algorithm().name());
    facts.put("certificates", carried + ", of which " + read.looseCertificates() + " not protected");
    facts.put("members", style(read));
    read.kid().ifPresent(kid -> facts.put("key identifier", kid.hex()));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("algorithm", read.algorithm().name());
    json.put("certificates", carried);
    json.put("unprotected_certificates", read.looseCertificates());
    json.put("tagged", read.isTagged());
    json.put("members", style(read));
    return new SignedContent("COSE", top, signed.map(CoseSigned::signer), signed.map(CoseSigned::signerChain).orElse(List.of()),
        Optional.empty(), facts, json);
  }

  private static Optional<CoseSigned> signedBy(VoucherArtifact message, Collection<X509Certificate> known)
      throws DecodeException, UntrustedException {
    try {
      return Optional.of(CoseOpener.open(message.bytes(), known));
    } catch (UntrustedException e) {
      if (e.fault() == Fault.SIGNER_UNKNOWN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static String style(CoseMessage read) throws DecodeException {
    KeyStyle style = VoucherCbor.style(read.payload());
    return switch (style.keys()) {
      case SIDS -> "SIDs of " + style.revision().label();
      case NAMES -> "names";
    };
  }
}
