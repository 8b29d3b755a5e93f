package org.eider.pledge;

import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.List;
import org.eider.pki.Bc;
import org.eider.pki.Credential;
import org.eider.wire.CborItem;
import org.eider.wire.CborWriter;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** COSE_Sign1 messages that only {@link Mischief} needs: whatever is wrong with them, their signatures by a P-256 key are right. */
final class CoseForgery {
  private static final long SIGN1 = 18;
  private static final long ALG = 1;
  private static final long ES256 = -7;
  private static final int MAX_SIZE = 64 * 1024;

  private CoseForgery() {}

  static Octets withoutAlg(Octets message, Credential signer) {
    return signed(Octets.empty(), new CborWriter().map(0), payload(message), signer, "SHA256withPLAIN-ECDSA");
  }

  static Octets algUnprotected(Octets message, Credential signer) {
    CborWriter unprotected = new CborWriter().map(1).integer(ALG).integer(ES256);
    return signed(Octets.empty(), unprotected, payload(message), signer, "SHA256withPLAIN-ECDSA");
  }

  static Octets derSignature(Octets message, Credential signer) {
    Octets headers = new CborWriter().map(1).integer(ALG).integer(ES256).toOctets();
    return signed(headers, new CborWriter().map(0), payload(message), signer, "SHA256withECDSA");
  }

  static Octets detached(Octets message) {
    List<CborItem> parts = parts(message);
    return new CborWriter().tag(SIGN1).array(4).item(parts.get(0).encoded()).item(parts.get(1).encoded()).nothing()
        .item(parts.get(3).encoded()).toOctets();
  }

  private static Octets signed(Octets headers, CborWriter unprotected, Octets payload, Credential signer, String algorithm) {
    Octets toBeSigned =
        new CborWriter().array(4).text("Signature1").octets(headers).octets(Octets.empty()).octets(payload).toOctets();
    try {
      Signature signature = Signature.getInstance(algorithm, Bc.PROVIDER);
      signature.initSign(signer.key());
      signature.update(toBeSigned.toArray());
      return new CborWriter().tag(SIGN1).array(4).octets(headers).item(unprotected.toOctets()).octets(payload)
          .octets(Octets.of(signature.sign())).toOctets();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a P-256 key signs", e);
    }
  }

  private static Octets payload(Octets message) {
    try {
      return parts(message).get(2).octets("payload");
    } catch (DecodeException e) {
      throw new IllegalStateException("our own message is COSE", e);
    }
  }

  private static List<CborItem> parts(Octets message) {
    try {
      return CborItem.read(message, MAX_SIZE).untagged().array("message");
    } catch (DecodeException e) {
      throw new IllegalStateException("our own message is COSE", e);
    }
  }
}
