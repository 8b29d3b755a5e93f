package org.eider.site;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a benchmark found.
 *
 * @param run how the measured onboardings went
 * @param registrarCpu CPU time of the registrar's process during them
 * @param floorMs CPU milliseconds of the public-key operations of one onboarding, by themselves
 * @param rssMegabytes resident memory of the registrar afterwards
 * @param java version of the Java that everything ran on
 * @param provider who did the registrar's public-key operations
 */
record BenchFigures(BenchDriver.Run run, Duration registrarCpu, double floorMs, double rssMegabytes, String java, String provider) {
  /** The object that {@code --json} prints. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("onboardings_per_s", rounded(perSecond(), 1));
    json.put("p50_ms", rounded(percentileMs(50), 2));
    json.put("p99_ms", rounded(percentileMs(99), 2));
    json.put("registrar_cpu_ms", rounded(registrarCpuMs(), 3));
    json.put("floor_cpu_ms", rounded(floorMs, 3));
    json.put("ratio", rounded(registrarCpuMs() / floorMs, 2));
    json.put("rss_mb", rounded(rssMegabytes, 1));
    json.put("errors", run.errors());
    json.put("java", java);
    json.put("provider", provider);
    return json;
  }

  double perSecond() {
    return run.onboarded() / (run.elapsed().toNanos() / 1e9);
  }

  double percentileMs(double percentile) {
    return run.micros().getValueAtPercentile(percentile) / 1e3;
  }

  /** CPU milliseconds of one onboarding. */
  double registrarCpuMs() {
    return registrarCpu.toNanos() / 1e6 / run.onboarded();
  }

  private static double rounded(double value, int digits) {
    double scale = Math.pow(10, digits);
    return Math.round(value * scale) / scale;
  }
}
