/**
 * HTTPS for BRSKI and EST: a small server kit and a client on Netty with the TLS engine of Bouncy Castle, and the EST routes.
 *
 * <p>Entry points are {@link org.eider.est.http.HttpsServer} with {@link org.eider.est.http.Routes} on one side,
 * {@link org.eider.est.http.HttpsConnection} and {@link org.eider.est.http.HttpsPool} on the other. Event loops only translate;
 * handlers run on a bounded pool and may block. Nothing accepts or returns null.
 */
package org.eider.est.http;
