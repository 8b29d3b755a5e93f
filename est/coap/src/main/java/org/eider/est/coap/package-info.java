/**
 * CoAP over DTLS for EST and BRSKI (RFC 7252, RFC 9148, draft-ietf-anima-constrained-voucher), on Californium and Scandium, whose types
 * stay inside.
 *
 * <p>Entry points are {@link org.eider.est.coap.CoapsServer} with {@link org.eider.est.coap.CoapRoutes},
 * {@link org.eider.est.coap.CoapsConnection} for clients, and {@link org.eider.est.coap.CodeTable}. Californium's threads only
 * translate; handlers run on a bounded pool and may block. Nothing accepts or returns null.
 */
package org.eider.est.coap;
