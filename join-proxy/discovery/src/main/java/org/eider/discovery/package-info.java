/**
 * Registrars and join proxies, found and announced, whatever the protocol: a {@link org.eider.discovery.Lookout} tells what it sees, a
 * {@link org.eider.discovery.Herald} tells others. All of it is unauthenticated (constrained-join-proxy section 7): who follows it has to
 * verify whom he meets.
 */
package org.eider.discovery;
