package org.eider.voucher;

import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eider.pki.Certificates;
import org.eider.pki.TrustAnchors;
import org.eider.pki.TrustAnchors.Leniency;
import org.eider.pki.UntrustedException;
import org.eider.voucher.VoucherVerdict.Accepted;
import org.eider.voucher.VoucherVerdict.Rejected;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * Judges a voucher by what its receiver knows (RFC 8995 section 5.6.1, RFC 8366bis section 6): the pledge before it imprints, the
 * registrar before it relays. Pure: the time is told by {@link Builder#at}. What is not told is not checked, except that signer,
 * serial number, {@link ExclusiveLeaves} and that something is pinned always are, and that a nonce in the voucher has to be the one
 * asked for.
 *
 * <pre>{@code
 * VoucherVerdict verdict = VoucherCheck.of(masaAnchors, "SN-1")
 *     .nonce(request.nonce())
 *     .idevidIssuer(Certificates.idevidIssuer(idevid))
 *     .at(clock.instant())
 *     .pinnedAmong(ourChain)          // the registrar says this, the pledge does not
 *     .build()
 *     .judge(VoucherOpener.voucher(artifact, masaAnchors.certificates()));
 * verdict.fold(accepted -> ..., rejected -> ...);
 * }</pre>
 */
public final class VoucherCheck {
  /** How far ahead of ours the clock of a voucher's signer may be. */
  public static final Duration MAX_SKEW = Duration.ofMinutes(5);

  private static final int SHA256_SIZE = 32;

  private final Builder told;

  private VoucherCheck(Builder told) {
    this.told = told;
  }

  /** A check for the voucher of that device, signed by somebody with a path to {@code signers}. */
  public static Builder of(TrustAnchors signers, String serialNumber) {
    return new Builder(signers, serialNumber);
  }

  /** Judges a voucher whose signature has verified. The first flaw found is told. */
  public VoucherVerdict judge(Verified<Voucher> verified) {
    try {
      checkSigner(verified);
      Voucher voucher = verified.value();
      checkBinding(voucher);
      Optional<VoucherFlaw> exclusive = ExclusiveLeaves.check(voucher);
      if (exclusive.isPresent()) {
        throw new Flawed(exclusive.get(), "leaves that exclude each other");
      }
      checkDates(verified);
      return checkedPin(voucher);
    } catch (Flawed e) {
      return new Rejected(e.flaw, e.getMessage());
    }
  }

  private void checkSigner(Verified<Voucher> verified) throws Flawed {
    try {
      if (told.now.isPresent()) {
        told.signers.validate(verified.signerChain(), told.now.get());
      } else {
        told.signers.validate(verified.signerChain(), verified.signingTime().orElse(Instant.EPOCH), Leniency.IGNORE_VALIDITY);
      }
    } catch (UntrustedException e) {
      VoucherFlaw flaw = e.fault() == UntrustedException.Fault.NOT_IN_VALIDITY
          ? VoucherFlaw.SIGNER_NOT_IN_VALIDITY
          : VoucherFlaw.SIGNER_NOT_TRUSTED;
      throw new Flawed(flaw, "voucher signer: " + e.getMessage());
    }
  }

  /** That the voucher belongs to this device and this request. */
  private void checkBinding(Voucher voucher) throws Flawed {
    refuseIf(!voucher.serialNumber().equals(told.serialNumber), VoucherFlaw.WRONG_SERIAL_NUMBER, "the voucher is for another device");
    refuseIf(voucher.nonce().isPresent() && told.nonce.filter(voucher.nonce().get()::matches).isEmpty(),
        VoucherFlaw.WRONG_NONCE, "the voucher's nonce is not that of the request");
    refuseIf(voucher.nonce().isEmpty() && told.nonceRequired, VoucherFlaw.NO_NONCE, "the voucher has no nonce");
    refuseIf(voucher.idevidIssuer().isPresent() && told.idevidIssuer.isPresent()
            && !Certificates.sameIdevidIssuer(voucher.idevidIssuer().get(), told.idevidIssuer.get()),
        VoucherFlaw.WRONG_IDEVID_ISSUER, "the voucher is for a device of another issuer");
    refuseIf(told.assertions.isPresent() && voucher.assertion().filter(told.assertions.get()::contains).isEmpty(),
        VoucherFlaw.ASSERTION_NOT_ACCEPTABLE, "the voucher's assertion is not acceptable");
  }

  private void checkDates(Verified<Voucher> verified) throws Flawed {
    if (told.now.isEmpty()) {
      return;
    }
    Instant now = told.now.get();
    Instant latest = now.plus(MAX_SKEW);
    Voucher voucher = verified.value();
    refuseIf(voucher.createdOn().filter(latest::isBefore).isPresent(), VoucherFlaw.NOT_YET_VALID, "created-on lies in the future");
    refuseIf(verified.signingTime().filter(latest::isBefore).isPresent(), VoucherFlaw.NOT_YET_VALID, "signed in the future");
    refuseIf(voucher.expiresOn().filter(now::isAfter).isPresent(), VoucherFlaw.EXPIRED, "the voucher has expired");
  }

  private Accepted checkedPin(Voucher voucher) throws Flawed {
    if (voucher.pinnedDomainCert().isPresent()) {
      X509Certificate pinned = checkedCertificate(voucher, voucher.pinnedDomainCert().get());
      return new Accepted(new Pin.OfCertificate(pinned), Optional.of(pinned));
    }
    Pin pin = pinnedKey(voucher);
    Optional<X509Certificate> own = told.shown.filter(pin::isKeyOf);
    refuseIf(told.ours.isPresent() && own.isEmpty(), VoucherFlaw.FOREIGN_PIN, "the voucher pins another key than the registrar's own");
    return new Accepted(pin, own);
  }

  private static Pin pinnedKey(Voucher voucher) throws Flawed {
    if (voucher.pinnedDomainKey().isPresent()) {
      return new Pin.OfKey(voucher.pinnedDomainKey().get());
    }
    Octets digest = voucher.pinnedDomainKeySha256()
        .orElseThrow(() -> new Flawed(VoucherFlaw.NO_PIN, "the voucher pins neither certificate nor key"));
    refuseIf(digest.size() != SHA256_SIZE, VoucherFlaw.MALFORMED_PIN, "the digest of the pinned key is none");
    return new Pin.OfKeySha256(digest);
  }

  private X509Certificate checkedCertificate(Voucher voucher, Octets der) throws Flawed {
    Optional<X509Certificate> own = told.ours.flatMap(ours -> Optional.ofNullable(ours.get(der)));
    X509Certificate pinned = own.isPresent() ? own.get() : parsed(der);
    refuseIf(voucher.expiresOn().filter(pinned.getNotAfter().toInstant()::isBefore).isPresent(),
        VoucherFlaw.OUTLIVES_PIN, "the voucher outlives the certificate that it pins");
    if (told.now.isPresent()) {
      try {
        pinned.checkValidity(Date.from(told.now.get()));
      } catch (CertificateExpiredException | CertificateNotYetValidException e) {
        throw new Flawed(VoucherFlaw.PIN_NOT_IN_VALIDITY, "the pinned certificate is expired or not yet valid");
      }
    }
    refuseIf(told.ours.isPresent() && own.isEmpty(), VoucherFlaw.FOREIGN_PIN, "the voucher pins another domain");
    return pinned;
  }

  private static X509Certificate parsed(Octets der) throws Flawed {
    try {
      return Certificates.parse(der);
    } catch (DecodeException e) {
      throw new Flawed(VoucherFlaw.MALFORMED_PIN, "the pinned certificate cannot be parsed");
    }
  }

  private static void refuseIf(boolean flawed, VoucherFlaw flaw, String detail) throws Flawed {
    if (flawed) {
      throw new Flawed(flaw, detail);
    }
  }

  /** Carries a flaw to the one place that makes a verdict of it. */
  private static final class Flawed extends Exception {
    private static final long serialVersionUID = 1L;

    private final VoucherFlaw flaw;

    Flawed(VoucherFlaw flaw, String detail) {
      super(detail, null, false, false);
      this.flaw = flaw;
    }
  }

  /** What the receiver knows. */
  public static final class Builder {
    private final TrustAnchors signers;
    private final String serialNumber;
    private Optional<Nonce> nonce = Optional.empty();
    private boolean nonceRequired;
    private Optional<Octets> idevidIssuer = Optional.empty();
    private Optional<Set<Assertion>> assertions = Optional.empty();
    private Optional<Instant> now = Optional.empty();
    /** By what they are in DER. */
    private Optional<Map<Octets, X509Certificate>> ours = Optional.empty();
    /** The first of them: a device compares a pinned key with that of the certificate that it was shown, and with no other. */
    private Optional<X509Certificate> shown = Optional.empty();

    private Builder(TrustAnchors signers, String serialNumber) {
      this.signers = signers;
      this.serialNumber = serialNumber;
    }

    /** The request's nonce. Without one, only nonceless vouchers pass. */
    public Builder nonce(Optional<Nonce> value) {
      nonce = value;
      return this;
    }

    /** Refuses nonceless vouchers; a pledge by default has to take them (RFC 8995 section 7.2). */
    public Builder nonceRequired() {
      nonceRequired = true;
      return this;
    }

    /** The device's idevid-issuer, compared when the voucher has one. */
    public Builder idevidIssuer(Octets value) {
      idevidIssuer = Optional.of(value);
      return this;
    }

    /** The only assertions to accept; a voucher without any is refused then. */
    public Builder assertions(Set<Assertion> acceptable) {
      assertions = Optional.of(acceptable.isEmpty() ? EnumSet.noneOf(Assertion.class) : EnumSet.copyOf(acceptable));
      return this;
    }

    /** The time; not told by a pledge whose clock is not to be trusted, and then no date is checked. */
    public Builder at(Instant value) {
      now = Optional.of(value);
      return this;
    }

    /** The only certificates that may be pinned, as such or by their keys: the registrar's own and those above it. */
    public Builder pinnedAmong(Collection<X509Certificate> certificates) {
      ours = Optional.of(certificates.stream().collect(Collectors.toMap(Certificates::der, Function.identity(), (one, same) -> one)));
      shown = certificates.stream().findFirst();
      return this;
    }

    /** The check; what is told later does not change it. */
    public VoucherCheck build() {
      Builder copy = new Builder(signers, serialNumber);
      copy.nonce = nonce;
      copy.nonceRequired = nonceRequired;
      copy.idevidIssuer = idevidIssuer;
      copy.assertions = assertions;
      copy.now = now;
      copy.ours = ours;
      copy.shown = shown;
      return new VoucherCheck(copy);
    }
  }
}
