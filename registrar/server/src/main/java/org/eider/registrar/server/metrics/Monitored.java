package org.eider.registrar.server.metrics;

/**
 * What a monitor may ask.
 *
 * @param metrics the numbers
 * @param readiness whether the registrar can serve
 * @param openMetrics whether the numbers are told without the admin token
 */
public record Monitored(RegistrarMetrics metrics, Readiness readiness, boolean openMetrics) {}
