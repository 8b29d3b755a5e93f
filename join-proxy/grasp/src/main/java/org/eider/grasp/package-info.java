/**
 * The Generic Autonomic Signaling Protocol (RFC 8990), as far as bootstrapping needs it, and a little more: {@link org.eider.grasp.Message}
 * and {@link org.eider.grasp.GraspCodec} for what is said, {@link org.eider.grasp.DullNode} on one insecure link,
 * {@link org.eider.grasp.DomainNode} inside the domain. No null goes in or out. Nodes have daemon threads of their own; all their methods
 * may be called from any thread.
 */
package org.eider.grasp;
