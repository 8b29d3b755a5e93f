package org.eider.registrar.server.admin;

import java.time.Instant;

/**
 * A certificate that our CA signed.
 *
 * @param serial its serial number in hexadecimal digits
 * @param subject its subject (RFC 2253, with serialNumber by name)
 * @param issued when it was signed
 * @param notAfter when it ends
 * @param pem the certificate
 */
public record CertificateView(String serial, String subject, Instant issued, Instant notAfter, String pem) {}
