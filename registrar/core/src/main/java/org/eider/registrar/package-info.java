/**
 * What the registrar decides: who gets a voucher, who may enrol, what is remembered. It knows no HTTP, no CoAP and no SQL.
 *
 * <p>Entry points are {@link org.eider.registrar.VoucherService}, {@link org.eider.registrar.TelemetryService} and
 * {@link org.eider.est.EstService} for front ends; {@link org.eider.registrar.DeviceLedger},
 * {@link org.eider.registrar.CertificateLedger} and {@link org.eider.registrar.ManufacturerStore} for whoever keeps the data; and
 * {@link org.eider.registrar.MasaClient} for whoever talks to a MASA. Services block, are safe for many threads, and have recorded
 * what they answer before they answer it. Nothing accepts or returns null; time and randomness are passed in.
 */
package org.eider.registrar;
