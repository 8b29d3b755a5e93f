package org.eider.voucher;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eider.pki.CmsSealer;
import org.eider.pki.CoseSealer;
import org.eider.pki.Credential;
import org.eider.wire.Octets;

/** Signs vouchers and voucher requests. */
public sealed interface VoucherSealer {
  /** CMS with eContentType id-ct-animaJSONVoucher, as RFC 8366 section 5.4 demands. */
  static VoucherSealer cms() {
    return new Cms(CmsSealer.ANIMA_JSON_VOUCHER);
  }

  /** CMS with eContentType id-data, for peers that follow the examples of RFC 8995 appendix C. */
  static VoucherSealer cmsAsData() {
    return new Cms(CmsSealer.DATA);
  }

  /** COSE with the signer's whole chain in an unprotected x5bag: for registrars and MASAs. */
  static Cose cose(KeyStyle style) {
    return new Cose(style, Cose.Certificates.BAG, List.of());
  }

  /** COSE without any certificate: for pledges, whose registrar knows them from the handshake. */
  static Cose bareCose(KeyStyle style) {
    return new Cose(style, Cose.Certificates.NONE, List.of());
  }

  /** The format that this sealer makes. */
  VoucherFormat format();

  /**
   * Signs a voucher.
   *
   * @throws IllegalArgumentException when the signer's key is of no use for the format; see {@link #takes}
   */
  VoucherArtifact seal(Voucher voucher, Credential signer, Instant signingTime);

  /** Signs a voucher request; as {@link #seal(Voucher, Credential, Instant)}. */
  VoucherArtifact seal(VoucherRequest request, Credential signer, Instant signingTime);

  /** Whether the credential's key can sign in this format: RSA keys cannot in COSE. */
  boolean takes(Credential signer);

  /** JSON in CMS; the credential's whole chain travels with it. */
  record Cms(String contentType) implements VoucherSealer {
    @Override
    public VoucherFormat format() {
      return VoucherFormat.CMS_JSON;
    }

    @Override
    public VoucherArtifact seal(Voucher voucher, Credential signer, Instant signingTime) {
      return sealed(VoucherJson.encode(voucher), signer, signingTime);
    }

    @Override
    public VoucherArtifact seal(VoucherRequest request, Credential signer, Instant signingTime) {
      return sealed(VoucherJson.encode(request), signer, signingTime);
    }

    @Override
    public boolean takes(Credential signer) {
      return true;
    }

    private VoucherArtifact sealed(Octets content, Credential signer, Instant signingTime) {
      return new VoucherArtifact(format(), CmsSealer.seal(content, contentType, signer, signingTime));
    }
  }

  /**
   * YANG-CBOR in COSE_Sign1; the time of signing is nowhere but in created-on.
   *
   * @param style how members are named
   * @param certificates where the signer's chain goes
   * @param further certificates for the unprotected x5bag beside it
   */
  record Cose(KeyStyle style, Certificates certificates, List<X509Certificate> further) implements VoucherSealer {
    /** Where the signer's chain goes. */
    public enum Certificates {
      /** Nowhere. */
      NONE,
      /** Into the unprotected x5bag. */
      BAG,
      /** There, and up to its root into a protected x5chain, which a registrar does not take out: for pledges that do not know the signer. */
      BAG_AND_CHAIN
    }

    /** Keeps an unmodifiable copy. */
    public Cose {
      further = List.copyOf(further);
    }

    /** The same with further certificates in the bag. */
    public Cose with(List<X509Certificate> more) {
      return new Cose(style, certificates, more);
    }

    /** The same with the signer's chain in the protected header too. */
    public Cose withProtectedChain() {
      return new Cose(style, Certificates.BAG_AND_CHAIN, further);
    }

    @Override
    public VoucherFormat format() {
      return VoucherFormat.COSE_CBOR;
    }

    @Override
    public VoucherArtifact seal(Voucher voucher, Credential signer, Instant signingTime) {
      return sealed(VoucherCbor.encode(voucher, style), signer);
    }

    @Override
    public VoucherArtifact seal(VoucherRequest request, Credential signer, Instant signingTime) {
      return sealed(VoucherCbor.encode(request, style), signer);
    }

    @Override
    public boolean takes(Credential signer) {
      return CoseSealer.takes(signer.certificate().getPublicKey());
    }

    private VoucherArtifact sealed(Octets content, Credential signer) {
      List<X509Certificate> bag = new ArrayList<>(certificates == Certificates.NONE ? List.of() : signer.chain());
      bag.addAll(further);
      List<X509Certificate> chain = certificates == Certificates.BAG_AND_CHAIN ? belowItsRoot(signer.chain()) : List.of();
      return new VoucherArtifact(format(), CoseSealer.seal(content, signer, chain, bag));
    }

    /** A root is of no use to who does not know it, and of none to who does; a signer that is its own root goes by itself. */
    private static List<X509Certificate> belowItsRoot(List<X509Certificate> chain) {
      return chain.stream().filter(each -> each.equals(chain.get(0)) || !each.getSubjectX500Principal().equals(each.getIssuerX500Principal()))
          .toList();
    }
  }
}
