package org.eider.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * One entry of a manifest; what its members mean stands in {@code CONVENTIONS.md} of the folder of vectors.
 *
 * @param folder the folder of the manifest
 * @param file relative to the folder
 * @param encoding for instance {@code DER}, {@code hex text}, {@code base64, 33 lines of 68 chars -> DER}
 * @param verify signature, key, path and validation time; missing members are missing nodes
 * @param expect the decoded fields
 * @param expectResult what an implementation does with it; empty for published files, which are to be accepted
 * @param derived from which file and by which mutation; empty for published files
 */
public record Vector(
    Path folder,
    String file,
    String encoding,
    JsonNode verify,
    JsonNode expect,
    Optional<String> expectResult,
    Optional<JsonNode> derived) {
  static Vector of(Path folder, JsonNode entry) {
    return new Vector(
        folder,
        entry.path("file").asText(),
        entry.path("encoding").asText(),
        entry.path("verify"),
        entry.path("expect"),
        Optional.of(entry.path("expect_result")).filter(JsonNode::isTextual).map(JsonNode::asText),
        Optional.of(entry.path("derived")).filter(JsonNode::isObject));
  }

  /** The file's octets as they are. */
  public Octets octets() {
    try {
      return Octets.of(Files.readAllBytes(folder.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file as text, one character per octet. */
  public String text() {
    return new String(octets().toArray(), StandardCharsets.ISO_8859_1);
  }

  /** The octets that a file of hexadecimal digits spells; blanks and line ends between them do not count. */
  public Octets hex() throws DecodeException {
    return Octets.hex(text().replaceAll("\\s", ""));
  }

  /** The clock to set, where the manifest gives one. */
  public Optional<Instant> validationTime() {
    return Optional.of(verify.path("validation_time")).filter(JsonNode::isTextual).map(JsonNode::asText).map(Instant::parse);
  }

  /** Whether the expected result demands a refusal at the level of decoding or signature, not only of policy behind it. */
  public boolean isRefused() {
    return expectResult.filter(result -> result.startsWith("REJECT")).isPresent();
  }

  @Override
  public String toString() {
    return file;
  }
}
