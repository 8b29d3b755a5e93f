package org.eider.est.coap;

/** Answers one request; runs on a worker and may block. What it throws is logged once and answered with 5.00, without detail. */
@FunctionalInterface
public interface CoapHandler {
  /** The answer. */
  CoapAnswer handle(CoapRequest request);
}
