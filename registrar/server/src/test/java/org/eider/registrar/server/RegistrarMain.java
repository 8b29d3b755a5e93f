package org.eider.registrar.server;

import org.eider.cli.Cli;
import org.eider.cli.Console;

/** The registrar's commands as a program, for tests that need a process of their own. */
final class RegistrarMain {
  private RegistrarMain() {}

  public static void main(String[] args) {
    Console console = new Console(System.out, System.err);
    System.exit(Cli.run(RegistrarCommand.line(console, args), console, args));
  }
}
