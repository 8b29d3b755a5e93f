package org.eider.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.pki.PemFiles;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.voucher.VoucherFile;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code voucher show}: any voucher or voucher request, decoded for people, its signature judged. */
@Command(
    name = "voucher",
    description = "Look into vouchers and voucher requests.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class VoucherCommand implements Runnable {
  private static final int MAX_FILE = 1024 * 1024;

  /** What the file is taken for. */
  enum Format {
    AUTO, CMS, COSE;

    Optional<VoucherFormat> forced() {
      return switch (this) {
        case AUTO -> Optional.empty();
        case CMS -> Optional.of(VoucherFormat.CMS_JSON);
        case COSE -> Optional.of(VoucherFormat.COSE_CBOR);
      };
    }
  }

  /** Names of formats as they stand in options. */
  static final class FormatName implements CommandLine.ITypeConverter<Format> {
    @Override
    public Format convert(String label) {
      return Arrays.stream(Format.values()).filter(format -> format.name().toLowerCase(Locale.ROOT).equals(label)).findFirst()
          .orElseThrow(() -> new CommandLine.TypeConversionException("\"" + label + "\" is none of auto, cms, cose"));
    }
  }

  private final Console console;
  private final InputStream input;
  private final InstantSource clock;

  @Spec private CommandSpec spec;

  /** The command, printing on {@code console}, reading {@code -} from standard input. */
  public VoucherCommand(Console console) {
    this(console, System.in, Clock.systemUTC());
  }

  VoucherCommand(Console console, InputStream input, InstantSource clock) {
    this.console = console;
    this.input = input;
    this.clock = clock;
  }

  /** Called without a subcommand. */
  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "what to do with a voucher is missing: show");
  }

  @Command(
      name = "show",
      description = {
          "Decode a voucher or voucher request and judge its signature.",
          "FILE holds CMS-signed JSON in DER, BER, base64 or PEM, or COSE-signed CBOR as it is, in base64 or in hexadecimal digits.",
          "A request inside a registrar's request is shown below it.",
          "Exit code 1 tells that a signature is not valid or cannot be judged or, with --verify, that the signer is not trusted."
      },
      footerHeading = "%nExamples:%n",
      footer = {
          "  eider voucher show voucher.vcj",
          "  eider voucher show voucher.vcj --verify idevid/anchors.pem --json",
          "  eider voucher show request.vch --format cose --verify idevid/cert.pem",
          "  curl ... | eider voucher show -"
      },
      mixinStandardHelpOptions = true)
  int show(
      @Parameters(paramLabel = "FILE", description = "The file, - for standard input.") String file,
      @Option(names = "--format", paramLabel = "auto|cms|cose", defaultValue = "auto", converter = FormatName.class,
          description = "What the file holds (default: ${DEFAULT-VALUE}, by how it begins).") Format format,
      @Option(names = "--verify", paramLabel = "ANCHORS.pem", 
          description = "Trust anchors that the signer has to chain to (default: the signer is not judged).") Path anchors,
      @Option(names = "--at", paramLabel = "TIME", 
          description = "Judge certificates at that time, like 2026-11-21T12:00:00Z (default: now).") String time,
      @Option(names = "--json", description = "Print one JSON object (default: false).") boolean json)
      throws CommandFailure {
    Optional<TrustAnchors> trusted = anchors(Optional.ofNullable(anchors));
    Octets content = read(file);
    VoucherView view;
    try {
      view = VoucherView.of(VoucherFile.read(content, format.forced()), trusted, at(Optional.ofNullable(time)));
    } catch (DecodeException e) {
      throw failed(json, "not a voucher or voucher request", file, e);
    } catch (UntrustedException e) {
      throw failed(json, "the signature is not valid", file, e);
    }
    if (json) {
      console.json(view.toMap());
    } else {
      view.lines().forEach(console::line);
    }
    if (view.problem().isPresent()) {
      throw new CommandFailure(view.problem().get(), view.advice());
    }
    return Cli.OK;
  }

  private CommandFailure failed(boolean json, String what, String file, Exception e) {
    if (json) {
      Map<String, Object> verdict = new LinkedHashMap<>();
      if (e instanceof UntrustedException) {
        verdict.put("valid", false);
      }
      verdict.put("reason", Printable.of(e.getMessage()));
      console.json(Map.of(e instanceof UntrustedException ? "signature" : "malformed", verdict));
    }
    String hint = e instanceof UntrustedException untrusted && untrusted.fault() == UntrustedException.Fault.SIGNER_UNKNOWN
        ? "the file does not carry its signer's certificate: give it with --verify"
        : "in CMS, compare with openssl cms -verify -noverify -inform DER -in " + file;
    return new CommandFailure(what + ": " + Printable.of(e.getMessage()), hint, e);
  }

  private Octets read(String file) throws CommandFailure {
    try (InputStream in = file.equals("-") ? input : Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(MAX_FILE + 1);
      if (bytes.length > MAX_FILE) {
        throw new CommandFailure(file + " is longer than any voucher", "give a file that holds one voucher or voucher request");
      }
      return Octets.of(bytes);
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + file, "see that the file is there and readable", e);
    }
  }

  private static Optional<TrustAnchors> anchors(Optional<Path> file) throws CommandFailure {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<X509Certificate> certificates = PemFiles.readCertificates(file.get());
      return Optional.of(TrustAnchors.of(certificates));
    } catch (IOException e) {
      throw new CommandFailure("cannot read trust anchors from " + file.get(), "give a file of PEM certificates", e);
    }
  }

  private Instant at(Optional<String> time) {
    try {
      return time.map(Instant::parse).orElseGet(clock::instant);
    } catch (DateTimeParseException e) {
      throw new CommandLine.ParameterException(
          spec.subcommands().get("show"), "--at takes a time like 2026-11-21T12:00:00Z, not " + time.orElse(""), e);
    }
  }
}
