package org.eider.pledge;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.coap.CoapAnswer;
import org.eider.est.coap.CoapCode;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.wire.ContentFormat;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.MultipartCore;

/** Reads CoAP answers that may come from anybody. */
final class CoapReading {
  /** Reads a payload. */
  @FunctionalInterface
  interface Reading<T> {
    T read(CoapAnswer answer) throws DecodeException;
  }

  private CoapReading() {}

  /** What an answer says; every code but {@code good} refuses. */
  static <T> Outcome<T> of(String operation, CoapAnswer answer, CoapCode good, Reading<T> reading) {
    if (!answer.code().equals(good)) {
      return Outcome.refused(refusal(operation, answer));
    }
    try {
      return Outcome.granted(reading.read(answer));
    } catch (DecodeException e) {
      return Outcome.refused(new Refusal(PledgeReason.BAD_ANSWER, operation + " answered what cannot be read: " + e.getMessage()));
    }
  }

  /** Everything that is neither success nor something to wait for. */
  static Refusal refusal(String operation, CoapAnswer answer) {
    PledgeReason reason = switch (answer.code().category()) {
      case 4 -> PledgeReason.REGISTRAR_REFUSED;
      case 5 -> PledgeReason.REGISTRAR_FAILED;
      default -> PledgeReason.BAD_ANSWER;
    };
    return new Refusal(reason, operation + " answered " + answer.code() + explanation(answer));
  }

  /** One certificate, several in PKCS#7, or a list; at least one. */
  static List<X509Certificate> certificates(CoapAnswer answer) throws DecodeException {
    if (answer.is(ContentFormat.PKIX_CERT)) {
      return List.of(Certificates.parse(answer.payload()));
    }
    List<X509Certificate> found = answer.is(ContentFormat.CERTS_ONLY) ? CertsOnly.decode(answer.payload())
        : answer.is(ContentFormat.MULTIPART_CORE) ? list(MultipartCore.decode(answer.payload())) : List.of();
    if (found.isEmpty()) {
      throw new DecodeException(Flaw.MISSING, "certificates", "there is none in a format that was asked for");
    }
    return found;
  }

  private static List<X509Certificate> list(MultipartCore parts) throws DecodeException {
    List<X509Certificate> found = new ArrayList<>();
    for (MultipartCore.Part part : parts.parts()) {
      if (part.format() == ContentFormat.PKIX_CERT.number() && part.content().isPresent()) {
        found.add(Certificates.parse(part.content().get()));
      }
    }
    return found;
  }

  /** The first line of a diagnostic payload (RFC 7252 section 5.5.2), bounded, printable characters only. */
  private static String explanation(CoapAnswer answer) {
    if (answer.contentFormat().isPresent() && !answer.is(ContentFormat.TEXT)) {
      return "";
    }
    return Answers.explanation(answer.payload());
  }
}
