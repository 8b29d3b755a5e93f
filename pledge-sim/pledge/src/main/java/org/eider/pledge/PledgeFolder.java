package org.eider.pledge;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.pki.Credential;
import org.eider.pki.PemFiles;
import org.eider.pki.SerialNumberProfile;
import org.eider.pledge.Onboarding.Belongings;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * The folders of a device: {@code key.pem}, {@code cert.pem}, {@code chain.pem} and {@code anchors.pem} from the factory,
 * {@code voucher.vcj} or {@code voucher.vch}, {@code key.pem}, {@code ldevid.pem} and {@code chain.pem} from its domain. The latter
 * appears whole or not at all: it is written beside its place and moved there.
 */
public final class PledgeFolder {
  private static final String KEY = "key.pem";
  private static final String LDEVID = "ldevid.pem";
  private static final String CHAIN = "chain.pem";
  private static final List<String> OURS =
      Stream.concat(Arrays.stream(VoucherFormat.values()).map(PledgeFolder::voucherFile), Stream.of(KEY, LDEVID, CHAIN)).toList();
  private static final int MAX_VOUCHER = 1024 * 1024;

  private PledgeFolder() {}

  /** Reads what a device left the factory with; {@code chain.pem} may be missing or begin with the certificate itself. */
  public static DeviceIdentity device(Path folder, SerialNumberProfile profile) throws IOException, DecodeException {
    PrivateKey key = PemFiles.readKey(folder.resolve(KEY));
    List<X509Certificate> chain = new ArrayList<>(PemFiles.readCertificates(folder.resolve("cert.pem")));
    if (Files.exists(folder.resolve(CHAIN))) {
      PemFiles.readCertificates(folder.resolve(CHAIN)).stream().filter(more -> !chain.contains(more)).forEach(chain::add);
    }
    return DeviceIdentity.of(new Credential(key, chain), PemFiles.readCertificates(folder.resolve("anchors.pem")), profile);
  }

  /** Reads what an onboarded device has. */
  public static Belongings belongings(Path folder) throws IOException {
    Optional<VoucherArtifact> artifact = voucher(folder);
    List<X509Certificate> authorities = PemFiles.readCertificates(folder.resolve(CHAIN));
    List<X509Certificate> chain = new ArrayList<>(PemFiles.readCertificates(folder.resolve(LDEVID)));
    authorities.stream().filter(certificate -> !selfIssued(certificate) && !chain.contains(certificate)).forEach(chain::add);
    return new Belongings(artifact, new Credential(PemFiles.readKey(folder.resolve(KEY)), chain), authorities);
  }

  private static Optional<VoucherArtifact> voucher(Path folder) throws IOException {
    for (VoucherFormat format : VoucherFormat.values()) {
      Path voucher = folder.resolve(voucherFile(format));
      if (Files.exists(voucher)) {
        if (Files.size(voucher) > MAX_VOUCHER) {
          throw new IOException(voucher + ": longer than " + MAX_VOUCHER + " octets");
        }
        return Optional.of(new VoucherArtifact(format, Octets.of(Files.readAllBytes(voucher))));
      }
    }
    return Optional.empty();
  }

  /** The names that the media types' registrations give. */
  private static String voucherFile(VoucherFormat format) {
    return switch (format) {
      case CMS_JSON -> "voucher.vcj";
      case COSE_CBOR -> "voucher.vch";
    };
  }

  /** Whether there is something that {@link #write} would replace. */
  public static boolean isTaken(Path folder) {
    return OURS.stream().anyMatch(name -> Files.exists(folder.resolve(name)));
  }

  /** Writes the folder, readable by its owner only; other files in it stay. */
  public static void write(Path folder, Belongings belongings) throws IOException {
    Path place = folder.toAbsolutePath().normalize();
    Path parent = Optional.ofNullable(place.getParent()).orElseThrow(() -> new IOException(place + ": not a folder of its own"));
    Files.createDirectories(parent);
    Path fresh = Files.createTempDirectory(parent, "." + place.getFileName() + ".new");
    try {
      fill(fresh, belongings);
      if (Files.exists(place)) {
        exchange(place, fresh, parent);
      } else {
        Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      delete(fresh);
    }
  }

  private static void fill(Path folder, Belongings belongings) throws IOException {
    if (belongings.voucher().isPresent()) {
      VoucherArtifact voucher = belongings.voucher().get();
      Files.write(folder.resolve(voucherFile(voucher.format())), voucher.bytes().toArray());
    }
    PemFiles.writeKey(folder.resolve(KEY), belongings.ldevid().key());
    PemFiles.writeCertificates(folder.resolve(LDEVID), List.of(belongings.ldevid().certificate()));
    PemFiles.writeCertificates(folder.resolve(CHAIN), authorities(belongings));
  }

  /** The chain below the LDevID first, then whatever else the domain handed out. */
  private static List<X509Certificate> authorities(Belongings belongings) {
    List<X509Certificate> chain = belongings.ldevid().chain();
    return Stream.concat(chain.subList(1, chain.size()).stream(), belongings.caCertificates().stream()).distinct().toList();
  }

  /** Puts the new folder in place of the old one, whose other files move over. */
  private static void exchange(Path place, Path fresh, Path parent) throws IOException {
    Path old = Files.createTempDirectory(parent, "." + place.getFileName() + ".old");
    Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(old, place, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    for (Path other : children(old)) {
      if (!OURS.contains(other.getFileName().toString())) {
        Files.move(other, place.resolve(other.getFileName()));
      }
    }
    delete(old);
  }

  private static void delete(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    for (Path file : children(folder)) {
      Files.delete(file);
    }
    try {
      Files.delete(folder);
    } catch (DirectoryNotEmptyException e) {
      throw new IOException(folder + ": something else is writing here", e);
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    }
  }

  private static boolean selfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }
}
