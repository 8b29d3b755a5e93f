package org.eider.site;

import org.eider.pledge.RegistrarAddress.Scheme;
import picocli.CommandLine.Command;

/** {@code eider bench https}. */
@Command(
    name = "https",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures whole onboardings over HTTPS. Registrar (-Xmx256m), MASA and the driver of the devices are processes of their own.",
      "An onboarding is a TLS handshake with the IDevID, a voucher from the MASA with its audit log, voucher status, cacerts, csrattrs,"
          + " enrolment, a TLS handshake with the LDevID and enrolment status. One that fails is counted, never measured; exit 0 only if"
          + " none did.",
      OnboardingBench.COMPARED})
final class BenchHttpsCommand extends OnboardingBench {
  BenchHttpsCommand() {
    super(Scheme.HTTPS);
  }
}
