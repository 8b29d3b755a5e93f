package org.eider.est.coap;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The threads that all client connections of a process share, beside the one of each that reads its socket. */
final class ClientThreads {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /** For DTLS. */
  static final ExecutorService COMPUTING = Executors.newFixedThreadPool(Math.max(2, CORES), Daemons.named("coaps-client-dtls"));
  /** For CoAP. */
  static final ScheduledThreadPoolExecutor PROTOCOL =
      new ScheduledThreadPoolExecutor(Math.max(2, CORES), Daemons.named("coaps-client-coap"));

  static {
    PROTOCOL.setRemoveOnCancelPolicy(true);
  }

  private ClientThreads() {}
}
