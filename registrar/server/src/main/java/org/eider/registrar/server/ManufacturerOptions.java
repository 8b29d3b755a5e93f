package org.eider.registrar.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eider.cli.CommandFailure;
import org.eider.cli.FileTrouble;
import org.eider.pki.MasaUri;
import org.eider.pki.PemFiles;
import org.eider.pki.SerialNumberProfile;
import org.eider.registrar.AuditPolicy;
import org.eider.registrar.Manufacturer;
import org.eider.voucher.SidRevision;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What {@code manufacturer add} can be told of a manufacturer. */
final class ManufacturerOptions {
  private static final String MASA_FILE = "manufacturer.json";
  private static final int MAX_SERIAL = 128;

  @Option(names = "--from-masa", paramLabel = "MASADATA",
      description = "Data folder of a MASA simulator: anchors and address are taken from its manufacturer.json (default: none).")
  private Optional<Path> fromMasa;

  @Option(names = "--idevid-ca", paramLabel = "F",
      description = "PEM file of the CAs that the manufacturer's IDevIDs chain to (default: none; needed without --from-masa).")
  private Optional<Path> idevidCa;

  @Option(names = "--masa-uri", paramLabel = "U",
      description = "The MASA's address, host[:port] or https URI, whatever an IDevID says (default: as the IDevID says, among "
          + "--allow-masa-host).")
  private Optional<String> masaUri;

  @Option(names = "--masa-tls-ca", paramLabel = "F",
      description = "PEM file of the CAs that the MASA's TLS certificate chains to (default: the public ones of the Java platform).")
  private Optional<Path> masaTlsCa;

  @Option(names = "--voucher-ca", paramLabel = "F",
      description = "PEM file of the CAs that signers of its vouchers chain to (default: none; needed without --from-masa).")
  private Optional<Path> voucherCa;

  @Option(names = "--allow-masa-host", paramLabel = "HOST",
      description = "Host, or host:port, that an IDevID may name as its MASA and that a MASA may redirect to; may be repeated "
          + "(default: none beside --masa-uri).")
  private List<String> allowedHosts = List.of();

  @Option(names = "--admission", paramLabel = "auto|expected|manual",
      description = "Who is let in: every device, only listed ones, or those that you approve one by one when they ask (default: expected "
          + "with --expect, else manual).")
  private Optional<Manufacturer.Admission> admission;

  @Option(names = "--expect", paramLabel = "SERIALS-FILE",
      description = "Adds to the list of expected devices: one serial number a line; empty lines and lines that begin with # do not "
          + "count (default: none).")
  private Optional<Path> expect;

  @Option(names = "--serial-profile", paramLabel = "PROFILE", defaultValue = "subject-serial-number", converter = ProfileName.class,
      description = "Where IDevIDs carry the serial number: subject-serial-number, hardware-module-name or cisco-sudi (default: "
          + "${DEFAULT-VALUE}).")
  private SerialNumberProfile serialProfile;

  @Option(names = "--ignore-idevid-validity", description = "Take expired IDevIDs too (RFC 8995 section 2.6.2; default: ${DEFAULT-VALUE}).")
  private boolean ignoreIdevidValidity;

  @Option(names = "--sid-revision", paramLabel = "REVISION", defaultValue = "2025-12-18", converter = SidRevisionName.class,
      description = "By which numbers requests to its MASA in CBOR name their members: 2025-12-18, or 2018 for the drafts of that time "
          + "(default: ${DEFAULT-VALUE}).")
  private SidRevision sidRevision;

  @Mixin private AuditOptions audit;

  /** Names of profiles as they stand in options. */
  static final class ProfileName implements CommandLine.ITypeConverter<SerialNumberProfile> {
    @Override
    public SerialNumberProfile convert(String label) {
      try {
        return SerialNumberProfile.valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException("\"" + label + "\" is none of subject-serial-number, hardware-module-name, cisco-sudi");
      }
    }
  }

  /** Names of revisions as they stand in options. */
  static final class SidRevisionName implements CommandLine.ITypeConverter<SidRevision> {
    @Override
    public SidRevision convert(String label) {
      return SidRevision.ofLabel(label).orElseThrow(() -> new CommandLine.TypeConversionException("\"" + label + "\" is none of "
          + Arrays.stream(SidRevision.values()).map(SidRevision::label).collect(Collectors.joining(", "))));
    }
  }

  /** What a MASA says of itself. */
  private record Sources(Path idevidCa, Optional<String> masa, Optional<Path> masaTlsCa, Path voucherCa) {}

  /** The manufacturer that the options describe. */
  Manufacturer manufacturer(String name, CommandLine line) throws CommandFailure {
    AuditPolicy auditPolicy = audit.policy(line);
    Sources sources = fromMasa.isPresent() ? ofMasa(fromMasa.get(), line) : given(line);
    try {
      return new Manufacturer(name, anchors(sources.idevidCa()), masa(sources.masa()), hosts(), tlsAnchors(sources.masaTlsCa()),
          anchors(sources.voucherCa()), who(), serialProfile, ignoreIdevidValidity, auditPolicy, sidRevision);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(line, e.getMessage());
    }
  }

  /** Serial numbers of {@code --expect}. */
  List<String> expected() throws CommandFailure {
    return expect.isPresent() ? readSerials(expect.get()) : List.of();
  }

  /** Serial numbers of a file, each once, in its order. */
  static List<String> readSerials(Path file) throws CommandFailure {
    try (Stream<String> lines = Files.lines(file)) {
      Set<String> seen = new HashSet<>();
      List<String> serials = lines.map(String::strip).filter(text -> !text.isEmpty() && !text.startsWith("#")).filter(seen::add).toList();
      for (String serial : serials) {
        if (serial.length() > MAX_SERIAL) {
          throw new CommandFailure(file + ": a serial number is longer than " + MAX_SERIAL + " characters", "write one serial number a line");
        }
      }
      return serials;
    } catch (java.io.UncheckedIOException e) {
      throw new CommandFailure("cannot read " + file + ": " + FileTrouble.of(e.getCause()), "it has to be a text file, one serial number a line", e);
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + file + ": " + FileTrouble.of(e), "it has to be a text file, one serial number a line", e);
    }
  }

  private Manufacturer.Admission who() {
    return admission.orElse(expect.isPresent() ? Manufacturer.Admission.EXPECTED : Manufacturer.Admission.MANUAL);
  }

  private Set<String> hosts() {
    return allowedHosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  private Sources given(CommandLine line) {
    if (idevidCa.isEmpty() || voucherCa.isEmpty()) {
      throw new ParameterException(line, "give --from-masa, or at least --idevid-ca and --voucher-ca");
    }
    if (masaUri.isEmpty() && allowedHosts.isEmpty()) {
      throw new ParameterException(line, "give --masa-uri, or --allow-masa-host for the hosts that IDevIDs may name");
    }
    return new Sources(idevidCa.get(), masaUri, masaTlsCa, voucherCa.get());
  }

  private Sources ofMasa(Path folder, CommandLine line) throws CommandFailure {
    if (idevidCa.isPresent() || voucherCa.isPresent() || masaUri.isPresent() || masaTlsCa.isPresent()) {
      throw new ParameterException(line, "--from-masa goes without --idevid-ca, --masa-uri, --masa-tls-ca and --voucher-ca");
    }
    Path file = folder.resolve(MASA_FILE);
    try {
      JsonNode said = StrictJson.object(Octets.of(Files.readAllBytes(file)), 64 * 1024);
      return new Sources(folder.resolve(text(said, "idevid_ca")), Optional.of(text(said, "masa_uri")),
          Optional.of(folder.resolve(text(said, "masa_tls_ca"))), folder.resolve(text(said, "voucher_ca")));
    } catch (IOException | DecodeException e) {
      throw new CommandFailure("cannot take a manufacturer from " + file + ": " + (e instanceof IOException io ? FileTrouble.of(io) : e.getMessage()),
          "start the MASA once: eider masa serve --data " + folder, e);
    }
  }

  private static String text(JsonNode said, String member) throws DecodeException {
    if (!said.path(member).isTextual()) {
      throw new DecodeException(DecodeException.Flaw.MISSING, member, "not there, or no text");
    }
    return said.get(member).textValue();
  }

  private static Optional<MasaUri> masa(Optional<String> text) throws CommandFailure {
    try {
      return text.isPresent() ? Optional.of(MasaUri.parse(text.get())) : Optional.empty();
    } catch (DecodeException e) {
      throw new CommandFailure("\"" + text.get() + "\" is no address of a MASA: " + e.getMessage(),
          "write host, host:port or an https URI", e);
    }
  }

  private static List<X509Certificate> tlsAnchors(Optional<Path> file) throws CommandFailure {
    return file.isPresent() ? anchors(file.get()) : List.of();
  }

  private static List<X509Certificate> anchors(Path file) throws CommandFailure {
    try {
      return PemFiles.readCertificates(file);
    } catch (IOException e) {
      throw new CommandFailure("cannot read certificates from " + file + ": " + FileTrouble.of(e), "it has to be a PEM file of certificates", e);
    }
  }
}
