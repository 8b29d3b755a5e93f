package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TransfersTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Transfers transfers = new Transfers(3);

  @Test
  void aSessionHasTwoBodiesAndAllTogetherHaveTheirNumber() {
    assertThat(transfers.take("a", "/1", 0)).isTrue();
    assertThat(transfers.take("a", "/2", 0)).isTrue();
    assertThat(transfers.take("a", "/3", 0)).isFalse();
    assertThat(transfers.take("a", "/1", 0)).as("goes on").isTrue();
    assertThat(transfers.take("b", "/1", 0)).isTrue();
    assertThat(transfers.take("c", "/1", 0)).isFalse();
    transfers.done("a", "/1");
    transfers.done("a", "/1");
    assertThat(transfers.take("c", "/1", 0)).isTrue();
    assertThat(transfers.size()).isEqualTo(3);
  }

  @Test
  void abandonedBodiesAreForgottenAfterAMinuteAndOthersAreNot() {
    transfers.take("a", "/1", 0);
    transfers.take("a", "/2", 0);
    transfers.take("a", "/2", 40 * SECOND);
    assertThat(transfers.take("a", "/3", 60 * SECOND)).isFalse();
    assertThat(transfers.take("a", "/3", 61 * SECOND)).isTrue();
    assertThat(transfers.take("a", "/4", 61 * SECOND)).isFalse();
    assertThat(transfers.size()).isEqualTo(2);
    assertThat(transfers.take("b", "/1", 200 * SECOND)).isTrue();
    assertThat(transfers.size()).isEqualTo(1);
  }
}
