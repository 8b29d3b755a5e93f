/**
 * CoAP over DTLS (RFC 7252, RFC 7959, RFC 6347) and, on it, EST over secure CoAP (RFC 9148): a server and a client kit on Californium
 * and Scandium.
 */
package org.eider.est.coap;
