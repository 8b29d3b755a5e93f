package org.eider.registrar.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.eider.registrar.Journal.Head;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * The zip file of a backup: {@code manifest.json}, then the files of a data folder under their own names. Reading one trusts nothing:
 * only names that we write, each once, each exactly as long as the manifest says and with that hash.
 */
final class BackupFile {
  static final String STORE = "store/eider.mv.db";
  static final String CA = "ca/";

  private static final int MOST_PARTS = 64;
  /** The file of the store may be larger; nothing else is. */
  private static final long LONGEST_FILE = 16L << 20;
  private static final Pattern NAMES = Pattern.compile(
      "store/eider\\.mv\\.db|journal\\.key\\.pem|journal\\.checkpoints|ca/[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
  private static final Set<String> NEEDED =
      Set.of(STORE, JournalKey.FILE, CheckpointFile.NAME, "ca/root.pem", "ca/issuing.pem", "ca/issuing.key.pem");
  private static final int BUFFER = 64 << 10;

  private BackupFile() {}

  /** Writes {@code parts}, files by name, to the open {@code channel} and forces it. */
  static Manifest write(FileChannel channel, Map<String, Path> parts, String version, java.time.Instant at, Head head) throws IOException {
    Map<String, Manifest.Part> described = new LinkedHashMap<>();
    for (Map.Entry<String, Path> part : new TreeMap<>(parts).entrySet()) {
      described.put(part.getKey(), describe(part.getValue()));
    }
    Manifest manifest = new Manifest(version, at, head, Map.copyOf(described));
    ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(channel));
    zip.setLevel(Deflater.BEST_SPEED);
    zip.putNextEntry(new ZipEntry(Manifest.NAME));
    zip.write(manifest.encode().toArray());
    for (Map.Entry<String, Manifest.Part> part : described.entrySet()) {
      zip.putNextEntry(new ZipEntry(part.getKey()));
      copy(parts.get(part.getKey()), part.getValue(), zip);
    }
    zip.finish();
    channel.force(true);
    return manifest;
  }

  /** Unpacks into an empty folder, whose files are for their owner only. */
  static Manifest read(Path file, Path folder) throws IOException, DecodeException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Map<String, ZipEntry> entries = entries(zip);
      Manifest manifest = manifest(zip, entries);
      if (!manifest.parts().keySet().equals(without(entries.keySet(), Manifest.NAME))) {
        throw new DecodeException(DecodeException.Flaw.UNEXPECTED, "", "its parts are not those of its manifest");
      }
      check(manifest, Files.getFileStore(folder).getUsableSpace());
      for (Map.Entry<String, Manifest.Part> part : manifest.parts().entrySet()) {
        unpack(zip, entries.get(part.getKey()), part.getValue(), folder.resolve(part.getKey()));
      }
      return manifest;
    } catch (ZipException | EOFException e) {
      throw new DecodeException(DecodeException.Flaw.WRONG_TYPE, "", "it is no zip file, or a damaged one", e);
    }
  }

  private static Map<String, ZipEntry> entries(ZipFile zip) throws DecodeException {
    Map<String, ZipEntry> entries = new LinkedHashMap<>();
    for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
      ZipEntry entry = all.nextElement();
      if (!entry.getName().equals(Manifest.NAME) && !NAMES.matcher(entry.getName()).matches()) {
        throw new DecodeException(DecodeException.Flaw.UNEXPECTED, "", "it has a part " + Shown.text(entry.getName()) + ", which no backup has");
      }
      if (entries.put(entry.getName(), entry) != null) {
        throw new DecodeException(DecodeException.Flaw.DUPLICATE_KEY, "", "it has two parts " + entry.getName());
      }
      if (entries.size() > MOST_PARTS) {
        throw new DecodeException(DecodeException.Flaw.TOO_LONG, "", "it has more than " + MOST_PARTS + " parts");
      }
    }
    return entries;
  }

  private static Manifest manifest(ZipFile zip, Map<String, ZipEntry> entries) throws IOException, DecodeException {
    ZipEntry entry = entries.get(Manifest.NAME);
    if (entry == null) {
      throw new DecodeException(DecodeException.Flaw.MISSING, "", "it has no manifest");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      return Manifest.parse(Octets.of(in.readNBytes(Manifest.LONGEST + 1)));
    }
  }

  private static void check(Manifest manifest, long space) throws IOException, DecodeException {
    List<String> missing = new ArrayList<>(new TreeSet<>(NEEDED));
    missing.removeAll(manifest.parts().keySet());
    if (!missing.isEmpty()) {
      throw new DecodeException(DecodeException.Flaw.MISSING, "", "it has no " + missing.get(0));
    }
    long left = space;
    for (Map.Entry<String, Manifest.Part> part : manifest.parts().entrySet()) {
      if (!part.getKey().equals(STORE) && part.getValue().size() > LONGEST_FILE) {
        throw new DecodeException(DecodeException.Flaw.TOO_LONG, "", "its part " + part.getKey() + " is too long");
      }
      left -= Math.min(part.getValue().size(), Long.MAX_VALUE / (MOST_PARTS * 2));
    }
    if (left < 0) {
      throw new IOException("there is not enough space on the disk for what is in it");
    }
  }

  private static void unpack(ZipFile zip, ZipEntry entry, Manifest.Part part, Path file) throws IOException, DecodeException {
    Files.createDirectories(file.getParent());
    Files.createFile(file, CheckpointFile.ownerOnly(file));
    MessageDigest digest = digest();
    long left = part.size();
    try (InputStream in = zip.getInputStream(entry); FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        OutputStream out = new DigestOutputStream(Channels.newOutputStream(channel), digest)) {
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        left -= n;
        if (left < 0) {
          throw new DecodeException(DecodeException.Flaw.TOO_LONG, "", "its part " + entry.getName() + " is longer than its manifest says");
        }
        out.write(buffer, 0, n);
      }
      channel.force(true);
    } catch (ZipException | EOFException e) {
      throw new DecodeException(DecodeException.Flaw.WRONG_TYPE, "", "its part " + entry.getName() + " is damaged", e);
    }
    if (left != 0 || !Octets.of(digest.digest()).equals(part.sha256())) {
      throw new DecodeException(DecodeException.Flaw.UNEXPECTED, "", "its part " + entry.getName() + " is not what its manifest says");
    }
  }

  private static Manifest.Part describe(Path file) throws IOException {
    MessageDigest digest = digest();
    try (InputStream in = Files.newInputStream(file); OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      return new Manifest.Part(in.transferTo(out), Octets.of(digest.digest()));
    }
  }

  private static void copy(Path file, Manifest.Part part, OutputStream out) throws IOException {
    MessageDigest digest = digest();
    try (InputStream in = Files.newInputStream(file)) {
      in.transferTo(new DigestOutputStream(out, digest));
    }
    if (!Octets.of(digest.digest()).equals(part.sha256())) {
      throw new IOException(file + " was changed while it was copied");
    }
  }

  private static Set<String> without(Set<String> names, String name) {
    Set<String> others = new TreeSet<>(names);
    others.remove(name);
    return others;
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
