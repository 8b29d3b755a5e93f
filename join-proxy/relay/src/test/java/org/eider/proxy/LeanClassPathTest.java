package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the process has on its class path, as Maven has put it together for the launcher. */
class LeanClassPathTest {
  private static List<String> classPath() throws IOException {
    Path written = Path.of(System.getProperty("eider.root"), "join-proxy", "relay", "target", "class-path");
    return List.of(Files.readString(written).strip().split(File.pathSeparator));
  }

  @Test
  void hasWhatTheProxyNeeds() throws IOException {
    assertThat(classPath()).anyMatch(jar -> jar.contains("netty-transport-classes-epoll")).anyMatch(jar -> jar.contains("picocli"));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "bouncycastle", "bcprov", "bcpkix", "bctls", "californium", "scandium", "/h2", "hikari", "flyway", "jdbi", "postgres", "micrometer",
    "est/pki", "est/core", "est/http", "est/coap", "/registrar/", "registrar-", "voucher", "pledge", "masa", "codec-http", "Corretto"
  })
  void hasNothingOfTheRegistrarNorCms(String part) throws IOException {
    String root = Path.of(System.getProperty("eider.root")).toString();
    assertThat(classPath()).map(jar -> jar.replace(root, "")).noneMatch(jar -> jar.contains(part));
  }
}
