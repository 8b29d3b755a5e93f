package org.eider.voucher;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A value whose one signature has verified under {@link #signer()}. Only {@link VoucherOpener} makes one. Whether that signer is to
 * be trusted is the next question, and not answered here.
 *
 * @param <T> voucher or voucher request
 */
public final class Verified<T> {
  private final T value;
  private final List<X509Certificate> signerChain;
  private final Optional<Instant> signingTime;
  private final Optional<KeyStyle> keyStyle;
  private final VoucherArtifact artifact;

  Verified(T value, List<X509Certificate> signerChain, Optional<Instant> signingTime, Optional<KeyStyle> keyStyle,
      VoucherArtifact artifact) {
    this.value = value;
    this.signerChain = List.copyOf(signerChain);
    this.signingTime = signingTime;
    this.keyStyle = keyStyle;
    this.artifact = artifact;
  }

  /** What was signed. */
  public T value() {
    return value;
  }

  /** The certificate under whose key the signature verified. */
  public X509Certificate signer() {
    return signerChain.get(0);
  }

  /** The signer, then every other certificate that the artifact carried, unordered and unchecked. */
  public List<X509Certificate> signerChain() {
    return signerChain;
  }

  /** The signing time that the signer claims. */
  public Optional<Instant> signingTime() {
    return signingTime;
  }

  /** How its members are named, in YANG-CBOR. */
  public Optional<KeyStyle> keyStyle() {
    return keyStyle;
  }

  /** The artifact as received. */
  public VoucherArtifact artifact() {
    return artifact;
  }
}
