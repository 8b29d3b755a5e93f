/** The form in which devices behind stateless join proxies come: JPY, for the CoAP kit, which does not know it. Never null. */
package org.eider.registrar.server.jpy;
