package org.eider.cli;

import java.util.Optional;

/** A command could not do what it was asked; printed as an {@code error:} line and, where there is advice, a {@code hint:} line. */
public final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Optional<String> hint;

  /** What went wrong, and what to do about it. */
  public CommandFailure(String message, String hint) {
    super(message);
    this.hint = Optional.of(hint);
  }

  /** What went wrong and why; the cause is printed with {@code --debug}. */
  public CommandFailure(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = Optional.of(hint);
  }

  /** What went wrong, without advice. */
  public CommandFailure(String message) {
    super(message);
    this.hint = Optional.empty();
  }

  /** The advice. */
  public Optional<String> hint() {
    return hint;
  }
}
