package org.eider.site;

import java.util.Optional;
import org.eider.pledge.OnboardReport;
import org.eider.pledge.RegistrarAddress.Scheme;

/**
 * One device of the demo, at the end.
 *
 * @param serial its serial number
 * @param transport how it talked to the registrar
 * @param report how its onboarding went
 * @param ms how long it took
 * @param problem why it has no certificate that verifies; empty when it has one
 */
record OnboardedPledge(String serial, Scheme transport, OnboardReport report, long ms, Optional<String> problem) {}
