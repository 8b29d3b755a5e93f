package org.eider.registrar.server.config;

import java.util.List;
import java.util.Optional;
import org.eider.pki.Crypto;
import org.eider.registrar.BrskiVoucherService;
import org.eider.registrar.MasaDeskLimits;

/**
 * Everything that can be configured. The keys of the file are the names of the components, written with dashes
 * ({@code key-types}); what the file can say, the record can say in code.
 *
 * @param https where pledges and EST clients come in
 * @param coaps where constrained ones come in
 * @param announce where all of them are told of it
 * @param admin where the commands come in
 * @param limits what peers may use
 * @param admission what operators decide
 * @param vouchers how voucher requests are treated
 * @param enrolment what LDevIDs look like
 * @param masa how MASAs are talked to
 * @param log what is logged
 * @param crypto who computes
 */
public record RegistrarConfig(HttpsSettings https, CoapsSettings coaps, AnnounceSettings announce, AdminSettings admin, LimitSettings limits,
    AdmissionSettings admission, VoucherSettings vouchers, EnrolmentSettings enrolment, MasaSettings masa, LogSettings log, Crypto.Kind crypto) {
  /** The configuration without a file. */
  public static RegistrarConfig standard() {
    return new RegistrarConfig(
        new HttpsSettings("0.0.0.0", 8443, List.of("localhost", "127.0.0.1", "::1")),
        CoapsSettings.standard(),
        AnnounceSettings.standard(),
        new AdminSettings(0, false),
        LimitSettings.standard(),
        new AdmissionSettings(BrskiVoucherService.MOST_HELD),
        VoucherSettings.standard(),
        EnrolmentSettings.standard(),
        MasaSettings.standard(),
        new LogSettings(LogSettings.Level.INFO, LogSettings.Format.TEXT),
        Crypto.Kind.BC);
  }

  /** In the words of the desk where exchanges with MASAs go on. */
  public MasaDeskLimits masaDesk() {
    return new MasaDeskLimits(masa.threads(), masa.queue(), vouchers.pending(), limits.workers(), vouchers.masaWait(), vouchers.patience(),
        vouchers.absence(), vouchers.identicalRetry());
  }

  /** What does not go together, each setting being good by itself; empty when all do. */
  public Optional<String> contradiction() {
    if (coaps.servesDtls() && crypto == Crypto.Kind.ACCP) {
      return Optional.of("coaps does not go together with crypto: accp, with which DTLS fails; run two registrars, or take bc");
    }
    if (!announce.coap().isEmpty() && !coaps.servesDtls()) {
      return Optional.of("announce.coap tells of coaps and of coaps.jpy, and neither is enabled");
    }
    return announce.graspTcp().enabled() && announce.graspInterfaces().isEmpty()
        ? Optional.of("announce.grasp-tcp has nothing to tell: name interfaces in announce.grasp or announce.grasp-tcp.interfaces")
        : Optional.empty();
  }

  /** The same with other HTTPS settings. */
  public RegistrarConfig withHttps(HttpsSettings other) {
    return new RegistrarConfig(other, coaps, announce, admin, limits, admission, vouchers, enrolment, masa, log, crypto);
  }

  /** The same with other CoAPS settings. */
  public RegistrarConfig withCoaps(CoapsSettings other) {
    return new RegistrarConfig(https, other, announce, admin, limits, admission, vouchers, enrolment, masa, log, crypto);
  }

  /** The same, announced otherwise. */
  public RegistrarConfig withAnnounce(AnnounceSettings other) {
    return new RegistrarConfig(https, coaps, other, admin, limits, admission, vouchers, enrolment, masa, log, crypto);
  }

  /** The same with other admin settings. */
  public RegistrarConfig withAdmin(AdminSettings other) {
    return new RegistrarConfig(https, coaps, announce, other, limits, admission, vouchers, enrolment, masa, log, crypto);
  }

  /** The same with other limits. */
  public RegistrarConfig withLimits(LimitSettings other) {
    return new RegistrarConfig(https, coaps, announce, admin, other, admission, vouchers, enrolment, masa, log, crypto);
  }

  /** The same with another enrolment profile. */
  public RegistrarConfig withEnrolment(EnrolmentSettings other) {
    return new RegistrarConfig(https, coaps, announce, admin, limits, admission, vouchers, other, masa, log, crypto);
  }

  /** The same with other log settings. */
  public RegistrarConfig withLog(LogSettings other) {
    return new RegistrarConfig(https, coaps, announce, admin, limits, admission, vouchers, enrolment, masa, other, crypto);
  }

  /** The same with other cryptography. */
  public RegistrarConfig withCrypto(Crypto.Kind other) {
    return new RegistrarConfig(https, coaps, announce, admin, limits, admission, vouchers, enrolment, masa, log, other);
  }
}
