package org.eider.registrar.server;

import picocli.CommandLine.Option;

/** {@code --name} of a manufacturer. */
final class NameOption {
  @Option(names = "--name", required = true, paramLabel = "N",
      description = "The manufacturer's name here: 1 to 64 letters, digits, dots, dashes or underscores.")
  private String name;

  String value() {
    return name;
  }
}
