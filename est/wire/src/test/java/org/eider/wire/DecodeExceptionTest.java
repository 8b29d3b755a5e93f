package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.eider.wire.DecodeException.Flaw;
import org.junit.jupiter.api.Test;

class DecodeExceptionTest {
  @Test
  void theMessageBeginsWithThePlace() {
    assertThat(new DecodeException(Flaw.MISSING, "ietf-voucher:voucher/serial-number", "is mandatory"))
        .hasMessage("ietf-voucher:voucher/serial-number: is mandatory");
    assertThat(new DecodeException(Flaw.TRUNCATED, "", "ends early", new java.io.EOFException())).hasMessage("ends early")
        .hasCauseInstanceOf(java.io.EOFException.class);
  }
}
