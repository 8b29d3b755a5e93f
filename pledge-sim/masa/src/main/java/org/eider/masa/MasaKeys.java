package org.eider.masa;

import java.security.cert.X509Certificate;
import org.eider.pki.Credential;

/**
 * What a MASA decides and signs with.
 *
 * @param idevidCa the CA that the IDevIDs made here chain to
 * @param voucherCa the CA that pledges trust for vouchers
 * @param voucherSigner key and chain that sign vouchers
 */
public record MasaKeys(X509Certificate idevidCa, X509Certificate voucherCa, Credential voucherSigner) {}
