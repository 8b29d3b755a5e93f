package org.eider.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;
import org.junit.jupiter.api.Assumptions;

/** The folder of published artefacts, {@code -Deider.vectors=DIR}. */
public final class Vectors {
  private static final int MAX_MANIFEST = 16 * 1024 * 1024;

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
        .map(root -> Path.of(root, name))
        .filter(Files::isDirectory);
  }

  /** What {@code manifest.json} of a folder lists, in its order; aborts the test when the folder is not there. */
  public static List<Vector> manifest(String name) {
    Path folder = folder(name);
    try {
      JsonNode manifest = StrictJson.object(Octets.of(Files.readAllBytes(folder.resolve("manifest.json"))), MAX_MANIFEST);
      List<Vector> vectors = new ArrayList<>();
      for (JsonNode entry : manifest.path("vectors")) {
        vectors.add(Vector.of(folder, entry));
      }
      if (vectors.isEmpty()) {
        throw new IllegalStateException("no vectors in the manifest of " + folder);
      }
      return List.copyOf(vectors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (DecodeException e) {
      throw new IllegalStateException("manifest of " + folder, e);
    }
  }
}
