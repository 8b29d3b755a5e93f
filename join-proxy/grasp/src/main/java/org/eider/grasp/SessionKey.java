package org.eider.grasp;

/** What tells sessions apart (RFC 8990 section 2.7): numbers are drawn by many, without asking each other. */
record SessionKey(long session, Address initiator) {}
