/** BRSKI over secure CoAP, as constrained pledges speak it (draft-ietf-anima-constrained-voucher). */
package org.eider.registrar.server.coap;
