package org.eider.pki;

import java.io.IOException;
import java.nio.file.Path;

/** A private key lies in a file that others than its owner may use. */
public final class OthersMayReadException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;

  OthersMayReadException(Path file) {
    super(file + ": others than its owner may use this private key; chmod 600 " + file);
    this.file = file.toString();
  }

  /** The command that mends it. */
  public String hint() {
    return "chmod 600 " + file;
  }
}
