package org.eider.pki;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The openssl program, which some tests check us against. */
final class Openssl {
  private Openssl() {}

  /** Whether it is installed. */
  static boolean isThere() {
    try {
      return new ProcessBuilder("openssl", "version").redirectErrorStream(true).start().waitFor(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
