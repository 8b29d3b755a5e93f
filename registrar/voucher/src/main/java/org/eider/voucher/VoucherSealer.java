package org.eider.voucher;

import java.time.Instant;
import org.eider.pki.CmsSealer;
import org.eider.pki.Credential;

/** Signs vouchers and voucher requests. */
public final class VoucherSealer {
  private final VoucherFormat format;
  private final String cmsContentType;

  private VoucherSealer(VoucherFormat format, String cmsContentType) {
    this.format = format;
    this.cmsContentType = cmsContentType;
  }

  /** CMS with eContentType id-ct-animaJSONVoucher, as RFC 8366 section 5.4 demands. */
  public static VoucherSealer cms() {
    return new VoucherSealer(VoucherFormat.CMS_JSON, CmsSealer.ANIMA_JSON_VOUCHER);
  }

  /** CMS with eContentType id-data, for peers that follow the examples of RFC 8995 appendix C. */
  public static VoucherSealer cmsAsData() {
    return new VoucherSealer(VoucherFormat.CMS_JSON, CmsSealer.DATA);
  }

  /** The format that this sealer makes. */
  public VoucherFormat format() {
    return format;
  }

  /** Signs a voucher; the credential's whole chain travels with it. */
  public VoucherArtifact seal(Voucher voucher, Credential signer, Instant signingTime) {
    return new VoucherArtifact(format, CmsSealer.seal(VoucherJson.encode(voucher), cmsContentType, signer, signingTime));
  }

  /** Signs a voucher request; the credential's whole chain travels with it. */
  public VoucherArtifact seal(VoucherRequest request, Credential signer, Instant signingTime) {
    return new VoucherArtifact(format, CmsSealer.seal(VoucherJson.encode(request), cmsContentType, signer, signingTime));
  }
}
