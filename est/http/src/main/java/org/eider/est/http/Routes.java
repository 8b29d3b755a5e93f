package org.eider.est.http;

/**
 * Which handler answers what. A path that is not here is answered with 404; a known path with another method with 405 and Allow; both
 * before any body is read.
 */
public final class Routes {
  /** Collects routes. */
  public static final class Builder {
    Builder() {}

    /**
     * A path.
     *
     * @param maxBody greatest request body in octets; a larger one is answered with 413
     */
    public Builder on(String method, String path, int maxBody, HttpHandler handler) {
      throw new UnsupportedOperationException();
    }

    /** Every path that begins with {@code prefix}. */
    public Builder under(String method, String prefix, int maxBody, HttpHandler handler) {
      throw new UnsupportedOperationException();
    }

    /** The routes. */
    public Routes build() {
      throw new UnsupportedOperationException();
    }
  }

  /** A builder. */
  public static Builder builder() {
    return new Builder();
  }
}
