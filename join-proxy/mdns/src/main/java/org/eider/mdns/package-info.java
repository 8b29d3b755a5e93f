/** DNS-Based Service Discovery (RFC 6763) over Multicast DNS (RFC 6762). */
package org.eider.mdns;
