package org.eider.masa;

import java.io.IOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.est.http.HttpResponse;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.CmsSealer;
import org.eider.pki.CoseMessage;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.voucher.Nonce;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherJson;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/** The kinds of mischief, one class each; {@link Mischief} says what they are for. */
final class Mischiefs {
  static final Map<String, Supplier<Mischief>> BY_NAME = byName();

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_SIZE = 16;

  private Mischiefs() {}

  record Slow(Duration delay) implements Mischief {
    @Override
    public HttpResponse answer(Supplier<HttpResponse> honest) {
      HttpResponse answer = honest.get();
      try {
        Thread.sleep(delay.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return answer;
    }
  }

  record Html() implements Mischief {
    @Override
    public HttpResponse answer(Supplier<HttpResponse> honest) {
      MediaType html = new MediaType("text", "html", Map.of("charset", "utf-8"));
      return HttpResponse.ok(html, Octets.utf8("<!DOCTYPE html><title>Welcome</title><p>Please accept the terms of use.</p>\n"));
    }
  }

  record Status(int status) implements Mischief {
    @Override
    public HttpResponse answer(Supplier<HttpResponse> honest) {
      return HttpResponse.text(status, "this MASA is in a bad mood");
    }
  }

  record WrongSerial() implements Mischief {
    @Override
    public Voucher alter(Voucher honest) {
      return copy(honest, honest.serialNumber() + "-X", honest.nonce());
    }
  }

  record WrongNonce() implements Mischief {
    @Override
    public Voucher alter(Voucher honest) {
      byte[] fresh = new byte[NONCE_SIZE];
      RANDOM.nextBytes(fresh);
      return copy(honest, honest.serialNumber(), honest.nonce().map(right -> Nonce.of(Octets.of(fresh))));
    }
  }

  record OtherDomain() implements Mischief {
    @Override
    public Voucher alter(Voucher honest) {
      Instant now = honest.createdOn().orElseThrow();
      X509Certificate stranger = strangers(new X500Name("CN=Another Domain"), now).certificate();
      Octets key = Octets.of(stranger.getPublicKey().getEncoded());
      return new Voucher(honest.serialNumber(), honest.assertion(), honest.createdOn(), honest.expiresOn(), honest.lastRenewalDate(),
          honest.revocationChecks(), honest.nonce(), honest.idevidIssuer(), honest.pinnedDomainCert().map(right -> Certificates.der(stranger)),
          honest.pinnedDomainKey().map(right -> key), honest.pinnedDomainKeySha256().map(right -> key.sha256()),
          honest.estDomain(), honest.additionalConfigurationUrl());
    }
  }

  record ForeignSigned() implements Mischief {
    @Override
    public VoucherArtifact seal(Voucher voucher, VoucherSealer sealer, Credential signer, Instant at) {
      X500Name sameName = X500Name.getInstance(signer.certificate().getSubjectX500Principal().getEncoded());
      return sealer.seal(voucher, strangers(sameName, at), at);
    }
  }

  record Unsigned() implements Mischief {
    @Override
    public VoucherArtifact seal(Voucher voucher, VoucherSealer sealer, Credential signer, Instant at) {
      return switch (sealer.format()) {
        case CMS_JSON -> withoutSigner(voucher);
        case COSE_CBOR -> withoutSignature(sealer.seal(voucher, signer, at));
      };
    }

    private static VoucherArtifact withoutSigner(Voucher voucher) {
      ContentInfo content =
          new ContentInfo(new ASN1ObjectIdentifier(CmsSealer.ANIMA_JSON_VOUCHER), new DEROctetString(VoucherJson.encode(voucher).toArray()));
      SignedData nobody = new SignedData(new DERSet(), content, new DERSet(), null, new DERSet());
      try {
        byte[] der = new ContentInfo(CMSObjectIdentifiers.signedData, nobody).getEncoded(ASN1Encoding.DER);
        return new VoucherArtifact(VoucherFormat.CMS_JSON, Octets.of(der));
      } catch (IOException e) {
        throw new IllegalStateException("an ASN.1 tree in memory always encodes", e);
      }
    }

    /** COSE has a place for exactly one signature, the last thing in the message: zeros are none. */
    private static VoucherArtifact withoutSignature(VoucherArtifact signed) {
      try {
        byte[] octets = signed.bytes().toArray();
        int size = CoseMessage.parse(signed.bytes()).signature().size();
        Arrays.fill(octets, octets.length - size, octets.length, (byte) 0);
        return new VoucherArtifact(signed.format(), Octets.of(octets));
      } catch (DecodeException e) {
        throw new IllegalStateException("our own message can be read", e);
      }
    }
  }

  private static Voucher copy(Voucher honest, String serialNumber, Optional<Nonce> nonce) {
    return new Voucher(serialNumber, honest.assertion(), honest.createdOn(), honest.expiresOn(), honest.lastRenewalDate(),
        honest.revocationChecks(), nonce, honest.idevidIssuer(), honest.pinnedDomainCert(), honest.pinnedDomainKey(), honest.pinnedDomainKeySha256(),
        honest.estDomain(), honest.additionalConfigurationUrl());
  }

  private static Credential strangers(X500Name name, Instant now) {
    KeyPair key = KeyType.P256.generate(RANDOM);
    X509Certificate certificate = CertificateMaker.selfSignedCa(
        name, key, CertificateMaker.newSerial(RANDOM), now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(365)), -1);
    return new Credential(key.getPrivate(), List.of(certificate));
  }

  private static Map<String, Supplier<Mischief>> byName() {
    Map<String, Supplier<Mischief>> names = new LinkedHashMap<>();
    names.put("slow", () -> Mischief.slow(Duration.ofMinutes(1)));
    names.put("html", Mischief::html);
    names.put("error-500", () -> Mischief.status(500));
    names.put("wrong-serial", Mischief::wrongSerial);
    names.put("wrong-nonce", Mischief::wrongNonce);
    names.put("foreign-signed", Mischief::foreignSigned);
    names.put("unsigned", Mischief::unsigned);
    names.put("other-domain", Mischief::otherDomain);
    return Collections.unmodifiableMap(names);
  }
}
