/**
 * A pledge (RFC 8995): its state machine, the HTTPS link to a registrar, enrolment over EST, and the commands around them.
 *
 * <p>Entry points are {@link org.eider.pledge.Pledge} for programs and {@link org.eider.pledge.PledgeCommand} for people. A call
 * blocks until the device is enrolled or has given up; many may run at once, they share nothing. Nothing accepts or returns null.
 * What a registrar says is hostile until its voucher has been verified, and bounded ever after.
 */
package org.eider.pledge;
