package org.eider.pledge;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.KeyType;
import org.eider.voucher.Nonce;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/**
 * What a pledge does wrong on purpose, one thing at a time, so that a registrar can be tested with it. Everything else stays as it
 * should be. A registrar that does its duty refuses all but the nonces, which only who remembers them can judge; each description
 * says how.
 */
public enum Mischief {
  /** Nothing. */
  NONE,

  /** The request names another serial number than the IDevID (RFC 8995 section 5.5): to be refused, 403. */
  WRONG_SERIAL {
    @Override
    VoucherRequest request(VoucherRequest honest) {
      return copy(honest, honest.serialNumber() + "-X", honest.proximityRegistrarCert());
    }
  },

  /** The request names the certificate of another registrar (RFC 8995 section 5.3): 401, and the connection is closed. */
  OTHER_REGISTRAR {
    @Override
    VoucherRequest request(VoucherRequest honest) {
      Octets other = Certificates.der(Forgery.stranger("CN=another registrar").certificate());
      return copy(honest, honest.serialNumber(), Optional.of(other));
    }
  },

  /** The nonce is sixteen zero octets: a registrar cannot know better, a MASA may refuse; else all goes well. */
  ZERO_NONCE {
    @Override
    Nonce nonce(Nonce honest) {
      return Nonce.of(Octets.of(new byte[16]));
    }
  },

  /** The nonce is the same in each request of each run: who remembers nonces refuses the second one; else all goes well. */
  STALE_NONCE {
    @Override
    Nonce nonce(Nonce honest) {
      return Nonce.of(Octets.utf8("used once before"));
    }
  },

  /** The request is signed by a fresh key with a self-signed certificate of the IDevID's subject: 403. */
  OTHER_SIGNER {
    @Override
    Octets sign(VoucherSealer sealer, VoucherRequest request, Credential idevid, Instant now) {
      X500Name subject = X500Name.getInstance(idevid.certificate().getSubjectX500Principal().getEncoded());
      return honestly(sealer, request, Forgery.stranger(subject.toString()), now);
    }
  },

  /** The request carries two good signatures of the IDevID where one is demanded: 400 or 403. */
  TWO_SIGNERS {
    @Override
    Octets sign(VoucherSealer sealer, VoucherRequest request, Credential idevid, Instant now) {
      return Forgery.twoSigners(honestly(sealer, request, idevid, now), honestly(sealer, request, idevid, now.plusSeconds(1)));
    }
  },

  /** The request ends ten octets too early: 400. */
  TRUNCATED_CMS {
    @Override
    Octets sign(VoucherSealer sealer, VoucherRequest request, Credential idevid, Instant now) {
      Octets whole = honestly(sealer, request, idevid, now);
      return whole.slice(0, whole.size() - 10);
    }
  },

  /** The request is followed by zeros up to a mebibyte: 413, or 400. */
  OVERSIZED_BODY {
    @Override
    Octets sign(VoucherSealer sealer, VoucherRequest request, Credential idevid, Instant now) {
      return Octets.of(Arrays.copyOf(honestly(sealer, request, idevid, now).toArray(), 1024 * 1024));
    }
  },

  /** The request is said to be text/plain: 415. */
  WRONG_MEDIA_TYPE {
    @Override
    Posting posting(VoucherSealer sealer, VoucherRequest request, Credential idevid, Instant now) {
      return new Posting(MediaType.TEXT, honestly(sealer, request, idevid, now));
    }
  },

  /** A certificate is asked for without any voucher request before: 403. */
  ENROL_WITHOUT_VOUCHER {
    @Override
    boolean skipsVoucher() {
      return true;
    }
  },

  /** The last octet of the certification request's signature is another one: 400. */
  BAD_CSR_SIGNATURE {
    @Override
    Octets csr(CsrMaker.Plan plan) {
      byte[] der = super.csr(plan).toArray();
      der[der.length - 1] ^= 1;
      return Octets.of(der);
    }
  },

  /** The challengePassword is not the channel binding of the connection (RFC 7030 section 3.5): refused. */
  WRONG_CHALLENGE_PASSWORD {
    @Override
    Octets csr(CsrMaker.Plan plan) {
      String wrong = Octets.of(new byte[12]).base64();
      return super.csr(new CsrMaker.Plan(plan.subject(), plan.key(), Optional.of(wrong), plan.extensions()));
    }
  },

  /** The COSE signature's algorithm is nowhere: 4.00. Over CoAPS, as the next three. */
  NO_ALG {
    @Override
    Octets sign(VoucherSealer sealer, VoucherRequest request, Credential idevid, Instant now) {
      return CoseForgery.withoutAlg(honestly(sealer, request, idevid, now), idevid);
    }
  },

  /** The algorithm stands in the unprotected header only: 4.00. */
  ALG_UNPROTECTED {
    @Override
    Octets sign(VoucherSealer sealer, VoucherRequest request, Credential idevid, Instant now) {
      return CoseForgery.algUnprotected(honestly(sealer, request, idevid, now), idevid);
    }
  },

  /** The signature is right and in DER where COSE has r and s: 4.03. */
  DER_SIGNATURE {
    @Override
    Octets sign(VoucherSealer sealer, VoucherRequest request, Credential idevid, Instant now) {
      return CoseForgery.derSignature(honestly(sealer, request, idevid, now), idevid);
    }
  },

  /** The payload is left out of the message: 4.00. */
  DETACHED_PAYLOAD {
    @Override
    Octets sign(VoucherSealer sealer, VoucherRequest request, Credential idevid, Instant now) {
      return CoseForgery.detached(honestly(sealer, request, idevid, now));
    }
  },

  /** Sessions are left without a word, so that the registrar has to find out by itself; else all goes well. Over CoAPS. */
  VANISH {
    @Override
    boolean vanishes() {
      return true;
    }
  },

  /** The key to be certified is RSA of 1024 bits: refused. */
  WEAK_KEY {
    @Override
    KeyPair key(KeyType type, SecureRandom random) {
      return Forgery.weakKey(random);
    }

    @Override
    Octets csr(CsrMaker.Plan plan) {
      return Forgery.weakRequest(plan);
    }
  };

  /** The name of option values: {@code wrong-serial}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The mischief that {@link #label()} names. */
  public static Optional<Mischief> ofLabel(String label) {
    return Arrays.stream(values()).filter(mischief -> mischief.label().equals(label)).findFirst();
  }

  /** Whether it can be done in that format: what is wrong with CMS is not with COSE. */
  boolean isPossibleIn(VoucherFormat format) {
    return switch (this) {
      case TWO_SIGNERS, WRONG_CHALLENGE_PASSWORD -> format == VoucherFormat.CMS_JSON;
      case NO_ALG, ALG_UNPROTECTED, DER_SIGNATURE, DETACHED_PAYLOAD, VANISH -> format == VoucherFormat.COSE_CBOR;
      case NONE, WRONG_SERIAL, OTHER_REGISTRAR, ZERO_NONCE, STALE_NONCE, OTHER_SIGNER, TRUNCATED_CMS, OVERSIZED_BODY, WRONG_MEDIA_TYPE,
          ENROL_WITHOUT_VOUCHER, BAD_CSR_SIGNATURE, WEAK_KEY -> true;
    };
  }

  /** The labels of all but {@link #NONE}. */
  public static List<String> labels() {
    return Arrays.stream(values()).filter(mischief -> mischief != NONE).map(Mischief::label).toList();
  }

  /** The nonce of an attempt; the voucher has to carry it. */
  Nonce nonce(Nonce honest) {
    return honest;
  }

  /** The voucher request, signed, and what it is said to be. */
  Posting posting(VoucherSealer sealer, VoucherRequest request, Credential idevid, Instant now) {
    return new Posting(sealer.format().mediaType(), sign(sealer, request(request), idevid, now));
  }

  /** What the voucher request says. */
  VoucherRequest request(VoucherRequest honest) {
    return honest;
  }

  /** The signed voucher request. */
  Octets sign(VoucherSealer sealer, VoucherRequest request, Credential idevid, Instant now) {
    return honestly(sealer, request, idevid, now);
  }

  /** Whether a certificate is asked for at once. */
  boolean skipsVoucher() {
    return false;
  }

  /** Whether sessions are left without closing them. */
  boolean vanishes() {
    return false;
  }

  /** The key to be certified. */
  KeyPair key(KeyType type, SecureRandom random) {
    return type.generate(random);
  }

  /** The certification request. */
  Octets csr(CsrMaker.Plan plan) {
    return Csr.create(plan.subject(), plan.key(), plan.challengePassword(), plan.extensions());
  }

  private static Octets honestly(VoucherSealer sealer, VoucherRequest request, Credential signer, Instant now) {
    VoucherArtifact sealed = sealer.seal(request, signer, now);
    return sealed.bytes();
  }

  private static VoucherRequest copy(VoucherRequest honest, String serial, Optional<Octets> registrar) {
    return new VoucherRequest(serial, honest.assertion(), honest.createdOn(), honest.expiresOn(), honest.nonce(), honest.idevidIssuer(),
        registrar, honest.proximityRegistrarKey(), honest.proximityRegistrarKeySha256(), honest.priorSigned());
  }
}
