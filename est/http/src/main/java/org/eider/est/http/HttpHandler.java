package org.eider.est.http;

/** Answers one request; runs on a worker and may block. What it throws is logged once and answered with 500, without detail. */
@FunctionalInterface
public interface HttpHandler {
  /** The answer. */
  HttpResponse handle(HttpRequest request);
}
