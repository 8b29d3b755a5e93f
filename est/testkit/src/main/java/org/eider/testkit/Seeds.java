package org.eider.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;

/** Inputs that fuzzing starts from: what our own encoders make, and the published artefacts where they are at hand. */
public final class Seeds {
  private static final int LARGEST = 16 * 1024;
  private static final int MOST_FILES = 64;

  private final List<Octets> inputs = new ArrayList<>();

  private Seeds() {}

  /** Inputs of octets. */
  public static Seeds of(Collection<Octets> inputs) {
    Seeds seeds = new Seeds();
    seeds.inputs.addAll(inputs);
    return seeds;
  }

  /** Inputs of octets. */
  public static Seeds of(Octets... inputs) {
    return of(List.of(inputs));
  }

  /** Inputs that are texts, in UTF-8. */
  public static Seeds of(String... texts) {
    return of(Stream.of(texts).map(Octets::utf8).toList());
  }

  /** And the small files of a folder of published artefacts, where it is there; base64 and hexadecimal digits are decoded. */
  public Seeds andVectors(String folder, String... endings) {
    Optional<Path> found = Vectors.find(folder);
    if (found.isPresent()) {
      try (Stream<Path> files = Files.walk(found.get())) {
        files.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith)).filter(Files::isRegularFile).sorted().limit(MOST_FILES)
            .map(Seeds::read).filter(octets -> octets.size() <= LARGEST).forEach(inputs::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return this;
  }

  /** As the arguments of a fuzz test that takes one array of bytes. */
  public Stream<Arguments> arguments() {
    return inputs.stream().map(input -> Arguments.of(input.toArray()));
  }

  private static Octets read(Path file) {
    try {
      Octets raw = Octets.of(Files.readAllBytes(file));
      if (file.toString().endsWith(".b64")) {
        String base64 = raw.utf8().lines().filter(line -> !line.startsWith("-----")).reduce("", String::concat);
        return Octets.of(Base64.getMimeDecoder().decode(base64));
      }
      return file.toString().endsWith(".hex") ? Octets.hex(raw.utf8().replaceAll("\\s", "")) : raw;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (DecodeException | IllegalArgumentException e) {
      return Octets.empty(); // a file with comments in it is no input
    }
  }
}
