/** The Generic Autonomic Signaling Protocol (RFC 8990), as far as bootstrapping needs it, and a little more. */
package org.eider.grasp;
