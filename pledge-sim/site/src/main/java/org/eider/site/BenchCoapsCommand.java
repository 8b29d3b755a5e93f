package org.eider.site;

import org.eider.pledge.Mischief;
import org.eider.pledge.RegistrarAddress.Scheme;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code eider bench coaps}. */
@Command(
    name = "coaps",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures whole onboardings over CoAPS. Registrar (-Xmx256m), MASA and the driver of the devices are processes of their own.",
      "An onboarding is a DTLS handshake with the IDevID, a voucher from the MASA with its audit log (rv), voucher status (vs), enrolment"
          + " (sen), CA certificates (crts), a DTLS handshake with the LDevID and enrolment status (es). One that fails is counted, never"
          + " measured; exit 0 only if none did.",
      OnboardingBench.COMPARED})
final class BenchCoapsCommand extends OnboardingBench {
  @Option(names = "--vanish", description = "Devices vanish without closing their DTLS sessions, which the registrar keeps (default: they close them).")
  private boolean vanish;

  BenchCoapsCommand() {
    super(Scheme.COAPS);
  }

  @Override
  Mischief mischief() {
    return vanish ? Mischief.VANISH : Mischief.NONE;
  }
}
