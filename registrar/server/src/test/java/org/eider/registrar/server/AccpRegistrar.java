package org.eider.registrar.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.Security;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import org.eider.pki.Crypto;
import org.eider.testkit.TestPki;
import org.slf4j.event.Level;

/**
 * A registrar with {@code crypto: accp}, at the time of {@link TestPki#NOW}. Argument: its data folder. Prints
 * {@code ready HTTPS-PORT ADMIN-PORT PROVIDERS-INSTALLED} and runs until its standard input ends.
 */
final class AccpRegistrar {
  private AccpRegistrar() {}

  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.US_ASCII);
    Logging.forServer(Level.INFO);
    int installed = Security.getProviders().length;
    try (RegistrarProcess process = RegistrarProcess.start(
        TestSite.config().withCrypto(Crypto.Kind.ACCP), Path.of(args[0]), TestSite.CLOCK, new SecureRandom())) {
      out.println("ready " + process.httpsPort() + " " + process.adminPort() + " " + (Security.getProviders().length - installed));
      System.in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (CommandFailure e) {
      out.println("error: " + e.getMessage() + " hint: " + e.hint().orElse(""));
      System.exit(1);
    }
  }
}
