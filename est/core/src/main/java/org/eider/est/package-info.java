/**
 * Enrolment over Secure Transport (RFC 7030, RFC 8951, RFC 9908) as a service without a transport.
 *
 * <p>Entry points are {@link org.eider.est.EstService} for what a front end calls and {@link org.eider.est.Outcome} for what comes back.
 * Services block and may be called from any thread; front ends call them from a bounded pool. Nothing accepts or returns null.
 */
package org.eider.est;
