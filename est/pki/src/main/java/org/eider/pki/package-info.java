/**
 * Certificates, keys, CMS and certification requests, on Bouncy Castle: parsing, checking, issuing.
 *
 * <p>Entry points are {@link org.eider.pki.Certificates}, {@link org.eider.pki.TrustAnchors}, {@link org.eider.pki.CmsSealer},
 * {@link org.eider.pki.CmsOpener} and {@link org.eider.pki.Csr}. What is malformed is a
 * {@link org.eider.wire.DecodeException}; what is well-formed and not to be trusted is an
 * {@link org.eider.pki.UntrustedException}. Types are immutable and safe for use by any thread. Nothing accepts or returns null,
 * logs or reads the clock: the time is a parameter.
 */
package org.eider.pki;
