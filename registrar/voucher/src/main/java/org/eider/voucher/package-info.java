/**
 * Vouchers and voucher requests (RFC 8366, RFC 8366bis, RFC 8995): values, JSON codec, CMS sealing, and the bodies of telemetry
 * and audit logs.
 *
 * <p>What arrived is a {@link org.eider.voucher.VoucherArtifact}; opening it with {@link org.eider.voucher.VoucherOpener} checks its
 * signature and yields a {@link org.eider.voucher.Verified} value, the only way to one. Trust in the signer is the caller's next
 * step. Everything is immutable and safe for any thread; nothing accepts or returns null.
 */
package org.eider.voucher;
