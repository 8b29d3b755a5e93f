package org.eider.est.http;

import java.io.IOException;

/** The connection ended before any octet of the response: on a reused connection, the server had closed it meanwhile. */
final class StaleConnectionException extends IOException {
  private static final long serialVersionUID = 1L;

  StaleConnectionException(String message, Throwable cause) {
    super(message, cause);
  }
}
