package org.eider.est.http;

import java.io.IOException;

/** The server was there and answered, with something that is no HTTP or exceeds the limit. */
public final class UnusableResponseException extends IOException {
  private static final long serialVersionUID = 1L;

  UnusableResponseException(String message) {
    super(message);
  }

  UnusableResponseException(String message, Throwable cause) {
    super(message, cause);
  }
}
