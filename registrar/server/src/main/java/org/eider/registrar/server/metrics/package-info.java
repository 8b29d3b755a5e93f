/**
 * Numbers about the registrar for Prometheus, and whether it is ready.
 *
 * <p>Entry points are {@link org.eider.registrar.server.metrics.RegistrarMetrics} and
 * {@link org.eider.registrar.server.metrics.Readiness}. Labels come from our own constants, routes and configuration, never from a
 * peer's text, and their number is bounded. Safe for many threads; nothing accepts or returns null.
 */
package org.eider.registrar.server.metrics;
