/**
 * The way to MASAs over HTTPS (RFC 8995 sections 5.4 to 5.6 and 5.8), for {@link org.eider.registrar.MasaClient}.
 *
 * <p>Entry point is {@link org.eider.registrar.server.masa.HttpsMasaClient}. Everything that a MASA sends is bounded before it is kept,
 * logged or passed on. Safe for many threads; nothing accepts or returns null.
 */
package org.eider.registrar.server.masa;
