/** The join proxy: lets devices without a network reach a registrar, and nothing else (RFC 8995 section 4, constrained-join-proxy). */
package org.eider.proxy;
