package org.eider.masa;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code eider masa idevid}. */
@Command(
    name = "idevid",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes a device: a fresh key and an IDevID that names this MASA; works while the MASA serves, and before it ever did.",
      "Writes key.pem, cert.pem, chain.pem (issuers) and anchors.pem (what the device trusts for vouchers)."})
final class IdevidCommand implements Callable<Integer> {
  private static final Set<KeyType> TYPES = Set.of(KeyType.P256, KeyType.P384, KeyType.RSA2048, KeyType.ED25519);

  @ParentCommand private MasaCommand parent;
  @Spec private CommandSpec spec;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the MASA; made when it is not there.")
  private Path data;

  @Option(names = "--serial", required = true, paramLabel = "S", description = "Serial number: 1 to 64 characters of printable ASCII.")
  private String serial;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the device's files; made when it is not there.")
  private Path out;

  @Option(names = "--key", paramLabel = "TYPE", defaultValue = "p256",
      description = "Type of the device's key: p256, p384, rsa2048 or ed25519 (default: ${DEFAULT-VALUE}).")
  private String key;

  @Option(names = "--sold-to", paramLabel = "FILE",
      description = "PEM certificate of the CA whose domain has bought the device: its registrar gets 'verified' (default: nobody).")
  private Optional<Path> soldTo;

  @Option(names = "--force", description = "Replace a key.pem that is there already (default: refuse).")
  private boolean force;

  @Override
  public Integer call() throws CommandFailure {
    if (!Manufacturer.isSerialNumber(serial)) {
      throw new ParameterException(spec.commandLine(), "--serial has to be 1 to 64 characters of printable ASCII, without space at an end");
    }
    KeyType type = KeyType.ofLabel(key).filter(TYPES::contains)
        .orElseThrow(() -> new ParameterException(spec.commandLine(), "--key has to be p256, p384, rsa2048 or ed25519"));
    if (Files.exists(out.resolve("key.pem")) && !force) {
      throw new CommandFailure(out.resolve("key.pem") + " is there already", "choose another --out, or --force to replace it");
    }
    Optional<X509Certificate> buyer = buyer();
    Logging.forCommand();
    MasaCommand.onFolder(data, manufacturer -> write(manufacturer, type, buyer));
    parent.console().line("made " + serial + " in " + out);
    return Cli.OK;
  }

  private void write(Manufacturer manufacturer, KeyType type, Optional<X509Certificate> buyer) throws CommandFailure, IOException {
    makeOut();
    Credential idevid = manufacturer.make(serial, type, buyer);
    try {
      PemFiles.writeKey(out.resolve("key.pem"), idevid.key());
      PemFiles.writeCertificates(out.resolve("cert.pem"), List.of(idevid.certificate()));
      PemFiles.writeCertificates(out.resolve("chain.pem"), idevid.chain().subList(1, idevid.chain().size()));
      PemFiles.writeCertificates(out.resolve("anchors.pem"), manufacturer.voucherAnchors());
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private void makeOut() throws CommandFailure {
    try {
      DataFolder.openOrCreate(out);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private CommandFailure cannotWrite(IOException e) {
    return new CommandFailure("cannot write to " + out + ": " + e.getMessage(), "is the folder yours?", e);
  }

  private Optional<X509Certificate> buyer() throws CommandFailure {
    try {
      return soldTo.isPresent() ? Optional.of(PemFiles.readCertificates(soldTo.get()).get(0)) : Optional.empty();
    } catch (IOException e) {
      throw new CommandFailure("--sold-to: cannot read " + e.getMessage(), "it has to be a PEM certificate", e);
    }
  }
}
