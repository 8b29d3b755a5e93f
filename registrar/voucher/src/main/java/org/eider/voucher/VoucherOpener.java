package org.eider.voucher;

import java.security.cert.X509Certificate;
import java.util.Collection;
import org.eider.pki.CmsOpener;
import org.eider.pki.CmsSigned;
import org.eider.pki.UntrustedException;
import org.eider.wire.DecodeException;

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
    CmsSigned signed = open(artifact, known);
    return verified(VoucherJson.voucher(signed.content()), signed, artifact);
  }

  /** Opens a voucher request; parameters and errors as in {@link #voucher}. */
  public static Verified<VoucherRequest> request(VoucherArtifact artifact, Collection<X509Certificate> known)
      throws DecodeException, UntrustedException {
    CmsSigned signed = open(artifact, known);
    return verified(VoucherJson.request(signed.content()), signed, artifact);
  }

  private static CmsSigned open(VoucherArtifact artifact, Collection<X509Certificate> known) throws DecodeException, UntrustedException {
    return switch (artifact.format()) {
      case CMS_JSON -> CmsOpener.open(artifact.bytes(), known);
    };
  }

  private static <T> Verified<T> verified(T value, CmsSigned signed, VoucherArtifact artifact) {
    return new Verified<>(value, signed.signerChain(), signed.signingTime(), artifact);
  }
}
