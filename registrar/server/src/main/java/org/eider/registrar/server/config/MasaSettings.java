package org.eider.registrar.server.config;

import java.time.Duration;
import org.eider.config.BadSetting;
import org.eider.registrar.MasaDeskLimits;

/**
 * Requests to MASAs.
 *
 * @param connectTimeout for TCP and TLS together
 * @param answerTimeout from the request's last octet to the answer's last
 * @param connectionsPerHost most connections to one MASA at a time
 * @param maxAnswer greatest answer in octets
 * @param threads that talk to the MASA of one manufacturer at a time
 * @param queue requests of one manufacturer that wait for one of its threads; beyond it the answer is 503
 */
public record MasaSettings(Duration connectTimeout, Duration answerTimeout, int connectionsPerHost, int maxAnswer, int threads, int queue) {
  /** Checks the values. */
  public MasaSettings {
    BadSetting.unlessWithin("connect-timeout", connectTimeout, Duration.ofMillis(100), Duration.ofMinutes(1));
    BadSetting.unlessWithin("answer-timeout", answerTimeout, Duration.ofMillis(100), Duration.ofMinutes(10));
    BadSetting.unlessWithin("connections-per-host", connectionsPerHost, 1, 256);
    BadSetting.unlessWithin("max-answer", maxAnswer, 16 * 1024, 16 * 1024 * 1024);
    BadSetting.unlessWithin("threads", threads, 1, 256);
    BadSetting.unlessWithin("queue", queue, 0, 10_000);
  }

  static MasaSettings standard() {
    MasaDeskLimits desk = MasaDeskLimits.standard();
    return new MasaSettings(Duration.ofSeconds(5), Duration.ofSeconds(30), 8, 1024 * 1024, desk.threads(), desk.queue());
  }
}
