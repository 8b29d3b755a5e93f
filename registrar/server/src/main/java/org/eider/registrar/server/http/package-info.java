/**
 * BRSKI over HTTPS (RFC 8995 sections 5 and 8.3.2): from requests to the services of {@code org.eider.registrar} and back. Nothing is
 * decided here but what media types and bodies are taken.
 *
 * <p>Entry point is {@link org.eider.registrar.server.http.BrskiRoutes}. Handlers run on the workers of the HTTP kit and may block;
 * nothing accepts or returns null.
 */
package org.eider.registrar.server.http;
