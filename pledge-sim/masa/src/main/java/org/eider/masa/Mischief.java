package org.eider.masa;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Credential;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherSealer;

/**
 * Something that a MASA does wrong on purpose, so that registrars and pledges can be tried against it. The journal stays honest:
 * it holds what was decided, not what mischief made of it. Danger: never where vouchers are trusted.
 */
public interface Mischief {
  /** Does everything right. */
  Mischief NONE = new Mischief() {};

  /** Makes something else of the voucher before it is signed. */
  default Voucher alter(Voucher honest) {
    return honest;
  }

  /** Signs the voucher in another way. */
  default VoucherArtifact seal(Voucher voucher, VoucherSealer sealer, Credential signer, Instant at) {
    return sealer.seal(voucher, signer, at);
  }

  /** Answers a voucher request in another way; {@code honest} decides and journals when it is asked, and only then. */
  default HttpResponse answer(Supplier<HttpResponse> honest) {
    return honest.get();
  }

  /** Answers rightly, {@code delay} too late. */
  static Mischief slow(Duration delay) {
    return new Mischiefs.Slow(delay);
  }

  /** Answers 200 with a page for people, as a captive portal does. */
  static Mischief html() {
    return new Mischiefs.Html();
  }

  /** Answers with an error status and a text. */
  static Mischief status(int status) {
    return new Mischiefs.Status(status);
  }

  /** Gives a voucher for another device. */
  static Mischief wrongSerial() {
    return new Mischiefs.WrongSerial();
  }

  /** Gives a voucher with another nonce; a nonceless one stays as it is. */
  static Mischief wrongNonce() {
    return new Mischiefs.WrongNonce();
  }

  /** Gives a voucher signed by a key that nobody trusts, under the name of the right one. */
  static Mischief foreignSigned() {
    return new Mischiefs.ForeignSigned();
  }

  /** Gives a voucher that nobody has signed. */
  static Mischief unsigned() {
    return new Mischiefs.Unsigned();
  }

  /** Gives a voucher that pins a domain which nobody has heard of. */
  static Mischief otherDomain() {
    return new Mischiefs.OtherDomain();
  }

  /** The names that {@link #named} takes, in their order. */
  static List<String> names() {
    return List.copyOf(Mischiefs.BY_NAME.keySet());
  }

  /** The mischief of that name, with customary values: {@code slow} is a minute late, {@code error-500} answers 500. */
  static Optional<Mischief> named(String name) {
    return Optional.ofNullable(Mischiefs.BY_NAME.get(name)).map(Supplier::get);
  }
}
