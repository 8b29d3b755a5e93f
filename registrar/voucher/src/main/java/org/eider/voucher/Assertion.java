package org.eider.voucher;

import java.util.Optional;

/** How the MASA came to believe that the registrar and the device belong together (RFC 8366bis section 6.3). */
public enum Assertion {
  /** Ownership verified by sales channel integration or the like. */
  VERIFIED("verified", 0),
  /** Issued without verification, and logged. */
  LOGGED("logged", 1),
  /** The pledge has seen the registrar as its TLS peer. */
  PROXIMITY("proximity", 2),
  /** As proximity, through a registrar-agent (BRSKI-PRM). */
  AGENT_PROXIMITY("agent-proximity", 3);

  private final String label;
  private final int number;

  Assertion(String label, int number) {
    this.label = label;
    this.number = number;
  }

  /** The name in JSON. */
  public String label() {
    return label;
  }

  /** The number in YANG-CBOR. */
  public int number() {
    return number;
  }

  /** The assertion of that JSON name. */
  public static Optional<Assertion> ofLabel(String label) {
    for (Assertion assertion : values()) {
      if (assertion.label.equals(label)) {
        return Optional.of(assertion);
      }
    }
    return Optional.empty();
  }
}
