package org.eider.voucher;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eider.pki.Certificates;
import org.eider.pki.CmsOpener;
import org.eider.pki.CmsSigned;
import org.eider.pki.CoseOpener;
import org.eider.pki.CoseSigned;
import org.eider.pki.UntrustedException;
import org.eider.pki.UntrustedException.Fault;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** Opens signed vouchers and voucher requests: the signature first, then the content, strictly. */
public final class VoucherOpener {
  private VoucherOpener() {}

  /**
   * Opens a voucher.
   *
   * @param known certificates among which the signer's may be when the artifact leaves it out
   * @throws DecodeException when it is no such artifact or its content is malformed
   * @throws UntrustedException when the signature must not be believed
   */
  public static Verified<Voucher> voucher(VoucherArtifact artifact, Collection<X509Certificate> known)
      throws DecodeException, UntrustedException {
    Opened opened = open(artifact, known);
    return switch (artifact.format()) {
      case CMS_JSON -> opened.as(VoucherJson.voucher(opened.content()), Optional.empty(), artifact);
      case COSE_CBOR -> opened.as(VoucherCbor.voucher(opened.content()), artifact);
    };
  }

  /** Opens a voucher request; parameters and errors as in {@link #voucher}. */
  public static Verified<VoucherRequest> request(VoucherArtifact artifact, Collection<X509Certificate> known)
      throws DecodeException, UntrustedException {
    return request(artifact, open(artifact, known));
  }

  /**
   * Opens the voucher request of somebody whose certificate is known from elsewhere, such as from a handshake. In COSE, whatever
   * certificates it carries are not even looked at; in CMS, they may help to find a path.
   *
   * @param peer who has to be the signer
   * @param known further certificates of the peer's chain
   * @throws UntrustedException with WRONG_SIGNER when it is sound and another certificate's, in CMS; otherwise as {@link #voucher}
   */
  public static Verified<VoucherRequest> requestBy(X509Certificate peer, VoucherArtifact artifact, Collection<X509Certificate> known)
      throws DecodeException, UntrustedException {
    return switch (artifact.format()) {
      case CMS_JSON -> {
        Verified<VoucherRequest> request = request(artifact, known);
        if (!Certificates.der(request.signer()).equals(Certificates.der(peer))) {
          throw new UntrustedException(Fault.WRONG_SIGNER, "signed by another certificate than the peer's");
        }
        yield request;
      }
      case COSE_CBOR -> request(artifact, Opened.of(CoseOpener.openBy(peer, artifact.bytes())));
    };
  }

  private static Verified<VoucherRequest> request(VoucherArtifact artifact, Opened opened) throws DecodeException {
    return switch (artifact.format()) {
      case CMS_JSON -> opened.as(VoucherJson.request(opened.content()), Optional.empty(), artifact);
      case COSE_CBOR -> opened.as(VoucherCbor.request(opened.content()), artifact);
    };
  }

  private static Opened open(VoucherArtifact artifact, Collection<X509Certificate> known) throws DecodeException, UntrustedException {
    return switch (artifact.format()) {
      case CMS_JSON -> Opened.of(CmsOpener.open(artifact.bytes(), known));
      case COSE_CBOR -> Opened.of(CoseOpener.open(artifact.bytes(), known));
    };
  }

  /** A signature that verified, whatever its format. */
  private record Opened(Octets content, List<X509Certificate> signerChain, Optional<Instant> signingTime) {
    static Opened of(CmsSigned signed) {
      return new Opened(signed.content(), signed.signerChain(), signed.signingTime());
    }

    static Opened of(CoseSigned signed) {
      return new Opened(signed.content(), signed.signerChain(), Optional.empty());
    }

    <T> Verified<T> as(T value, Optional<KeyStyle> style, VoucherArtifact artifact) {
      return new Verified<>(value, signerChain, signingTime, style, artifact);
    }

    <T> Verified<T> as(VoucherCbor.Decoded<T> decoded, VoucherArtifact artifact) {
      return as(decoded.value(), Optional.of(decoded.style()), artifact);
    }
  }
}
