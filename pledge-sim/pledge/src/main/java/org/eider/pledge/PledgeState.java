package org.eider.pledge;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eider.pki.Credential;
import org.eider.voucher.Assertion;
import org.eider.voucher.Nonce;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherRequest;

/**
 * Where a pledge stands (RFC 8995 section 2.1). A transition is a method of the one state that it may leave, so that nothing can be
 * enrolled that has not been imprinted, and nothing imprinted on a voucher or a registrar that has not been checked.
 */
public sealed interface PledgeState {
  /** The device. */
  DeviceIdentity device();

  /** Nobody is trusted, nobody is connected. */
  record Searching(DeviceIdentity device) implements PledgeState {
    /**
     * A TLS or DTLS connection stands, with the IDevID on our side and anybody on the other.
     *
     * @param shown what the registrar showed, end entity first
     * @param nonce fresh for this connection attempt
     */
    public Provisional connected(RegistrarAddress registrar, List<X509Certificate> shown, Nonce nonce) {
      return new Provisional(device, registrar, shown, nonce);
    }
  }

  /** Connected, believing nothing (RFC 8995 section 5.1). */
  record Provisional(DeviceIdentity device, RegistrarAddress registrar, List<X509Certificate> shown, Nonce nonce)
      implements PledgeState {
    /** Keeps an unmodifiable copy of the chain. */
    public Provisional {
      shown = List.copyOf(shown);
    }

    /** The voucher request (RFC 8995 section 5.2); a device without clock leaves created-on out. */
    public VoucherRequest request(PledgeTime time, Proximity proximity) {
      VoucherRequest.Builder request = VoucherRequest.of(device.serialNumber())
          .assertion(Optional.of(Assertion.PROXIMITY))
          .nonce(Optional.of(nonce));
      proximity.put(request, shown.get(0));
      time.known().ifPresent(now -> request.createdOn(now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)));
      return request.build();
    }

    /** The answer is a voucher that this device has to believe. */
    public Vouched accept(VoucherArtifact answer, VoucherPolicy policy, PledgeTime time) throws SetbackException {
      VoucherJudge.Judgement judgement = new VoucherJudge(policy, time).judge(answer, device, nonce);
      return new Vouched(this, judgement.voucher(), judgement.pinned(shown));
    }

    /** No usable voucher here. */
    public Searching reject() {
      return new Searching(device);
    }
  }

  /** Holding a good voucher, not knowing yet whether the registrar is of the domain that it pins. */
  record Vouched(Provisional before, Verified<Voucher> voucher, X509Certificate pinned) implements PledgeState {
    @Override
    public DeviceIdentity device() {
      return before.device();
    }

    /** The retained chain of the connection leads to the pin: the provisional state is over (RFC 8995 section 5.6.2). */
    public Imprinted authenticate(PledgeTime time) throws SetbackException {
      PinnedDomain.check(before.shown(), pinned, time);
      return new Imprinted(before, voucher, pinned);
    }
  }

  /** Owned by a domain, without a certificate of it. */
  record Imprinted(Provisional before, Verified<Voucher> voucher, X509Certificate pinned) implements PledgeState {
    @Override
    public DeviceIdentity device() {
      return before.device();
    }

    /**
     * The domain's CA certificates without asking for them: the pin, when it is a root and has issued one of {@code answer}
     * (draft-ietf-anima-constrained-voucher section 6.7.1).
     */
    Optional<DomainCertificates> domainOf(List<X509Certificate> answer, PledgeTime time) {
      DomainCertificates pin = new DomainCertificates(List.of(pinned));
      boolean isRoot = pinned.getSubjectX500Principal().equals(pinned.getIssuerX500Principal()) && pinned.getBasicConstraints() >= 0;
      return isRoot && answer.stream().anyMatch(certificate -> pin.hasIssued(certificate, time)) ? Optional.of(pin) : Optional.empty();
    }

    /** The LDevID is here, has been checked, and a connection stood with it. */
    public Enrolled enrolled(Credential ldevid, List<X509Certificate> caCertificates) {
      return new Enrolled(device(), before.registrar(), voucher, ldevid, caCertificates);
    }

    /** Enrolment failed; the imprint goes with it (RFC 8995 section 2.1). */
    public Searching lost() {
      return before.reject();
    }
  }

  /** Done: a member of the domain. */
  record Enrolled(DeviceIdentity device, RegistrarAddress registrar, Verified<Voucher> voucher, Credential ldevid,
      List<X509Certificate> caCertificates) implements PledgeState {
    /** Keeps an unmodifiable copy. */
    public Enrolled {
      caCertificates = List.copyOf(caCertificates);
    }
  }
}
