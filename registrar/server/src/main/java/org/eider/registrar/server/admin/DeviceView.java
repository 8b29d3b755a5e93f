package org.eider.registrar.server.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * A device on one line.
 *
 * @param manufacturer its manufacturer's name here
 * @param serial its product serial number
 * @param state how far it has come, lower case with dashes
 * @param firstSeen when it was first heard of
 * @param lastSeen when it was last heard of
 * @param ldevid its latest LDevID
 * @param refused why it was refused last, until it is granted what it was refused
 */
public record DeviceView(String manufacturer, String serial, String state, Instant firstSeen, Instant lastSeen,
    Optional<CertificateView> ldevid, Optional<String> refused) {}
