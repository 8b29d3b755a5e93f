/**
 * The JPY message between a stateless join proxy and a registrar (draft-ietf-anima-constrained-join-proxy section 4.4).
 *
 * <p>Entry point is {@link org.eider.jpy.JpyMessage}. Immutable, safe for any thread, never null. No cryptography and no transport
 * here: who keeps the header secret and who sends the datagram is the business of proxy and registrar.
 */
package org.eider.jpy;
