package org.eider.registrar.server;

import java.util.List;
import org.eider.registrar.server.admin.Monitoring;
import org.eider.registrar.server.metrics.Readiness;
import org.eider.registrar.server.metrics.RegistrarMetrics;

/**
 * What the admin port tells a monitor of a running registrar.
 *
 * @param metrics the numbers
 * @param readiness whether the registrar can serve
 * @param isOpen whether the numbers are told without the admin token
 */
record Monitor(RegistrarMetrics metrics, Readiness readiness, boolean isOpen) implements Monitoring {
  @Override
  public String scrape() {
    return metrics.scrape();
  }

  @Override
  public String mediaType() {
    return RegistrarMetrics.MEDIA_TYPE;
  }

  @Override
  public List<String> missing() {
    return readiness.missing();
  }
}
