package org.eider.testkit;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The folder of published artefacts, {@code -Deider.vectors=DIR}; a relative one counts from the root of the project. */
public final class Vectors {
  private static final Set<String> DESCRIPTIONS = Set.of("README.md", "manifest.json", "transactions.json");
  /** Deeper than what peers may send: a manifest spells out what is too deep. */
  private static final JsonMapper MANIFESTS = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Vectors() {}

  /**
   * A folder of vectors, for instance {@code cms-voucher}; aborts the test, saying so, when it is not there.
   */
  public static Path folder(String name) {
    Optional<Path> found = find(name);
    Assumptions.assumeTrue(found.isPresent(), () -> "skipped: no vectors in " + System.getProperty("eider.vectors", "-Deider.vectors")
        + "/" + name);
    return found.orElseThrow();
  }

  /** The same, without aborting. */
  public static Optional<Path> find(String name) {
    return Optional.ofNullable(System.getProperty("eider.vectors"))
        .filter(root -> !root.isBlank())
        .map(root -> Path.of(System.getProperty("eider.root", "")).resolve(root).resolve(name))
        .filter(Files::isDirectory);
  }

  /** The entry of a file that a test knows by name; aborts the test when the folder is not there or holds other files. */
  public static Vector named(String name, String file) {
    Optional<Vector> found = manifest(name).stream().filter(vector -> vector.file().equals(file)).findFirst();
    Assumptions.assumeTrue(found.isPresent(), () -> "skipped: no " + file + " in the folder " + name);
    return found.orElseThrow();
  }

  /** What {@code manifest.json} of a folder lists, in its order; aborts the test when the folder is not there. */
  public static List<Vector> manifest(String name) {
    Path folder = folder(name);
    List<Vector> vectors = new ArrayList<>();
    for (JsonNode entry : read(folder).path("vectors")) {
      vectors.add(Vector.of(folder, entry));
    }
    if (vectors.isEmpty()) {
      throw new IllegalStateException("no vectors in the manifest of " + folder);
    }
    return List.copyOf(vectors);
  }

  /** The certificates that {@code manifest.json} lists under {@code keys}: PEM files, with their fields as what is expected. */
  public static List<Vector> certificates(String name) {
    Path folder = folder(name);
    List<Vector> certificates = new ArrayList<>();
    for (var key : read(folder).path("keys").properties()) {
      if (key.getKey().endsWith(".crt")) {
        certificates.add(new Vector(
            folder, key.getKey(), "PEM", MissingNode.getInstance(), key.getValue(), Optional.empty(), Optional.empty()));
      }
    }
    return List.copyOf(certificates);
  }

  /**
   * Files of a folder that its manifest does not list, and listed files that are not there, keys and descriptions apart: nothing, in a
   * folder that is whole. Aborts the test, visibly, when the folder is not there.
   */
  public static Set<String> unlisted(String name) {
    Path folder = folder(name);
    Set<String> listed = manifest(name).stream().map(Vector::file).collect(Collectors.toSet());
    try (Stream<Path> files = Files.walk(folder)) {
      Set<String> odd = files.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString())
          .filter(file -> !file.startsWith("keys/") && !DESCRIPTIONS.contains(file))
          .collect(Collectors.toCollection(TreeSet::new));
      for (String file : listed) {
        if (!odd.remove(file)) {
          odd.add(file);
        }
      }
      return odd;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode read(Path folder) {
    try {
      return MANIFESTS.readTree(folder.resolve("manifest.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("manifest of " + folder, e);
    }
  }
}
