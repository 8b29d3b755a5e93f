package org.eider.registrar.server;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A file system of its own that can be full or read-only, as root may mount one. Whoever may not mount (an unprivileged user, a container
 * without that capability) sees the test skipped, with the reason.
 */
final class SmallDisk implements AutoCloseable {
  private static final int WAIT_S = 20;

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  static SmallDisk mount(Path folder, int mebibytes) throws Exception {
    Files.createDirectories(folder);
    Said said = run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m,mode=700", "eider-test", folder.toString());
    assumeThat(said.exit()).as("this process may mount a file system to fill; mount said: %s", said.text()).isZero();
    return new SmallDisk(folder);
  }

  Path folder() {
    return folder;
  }

  /** Nothing can be written from now on. */
  void becomeReadOnly() throws Exception {
    run("mount", "-o", "remount,ro", folder.toString()).good();
  }

  void becomeWritable() throws Exception {
    run("mount", "-o", "remount,rw", folder.toString()).good();
  }

  @Override
  public void close() throws IOException {
    run("umount", folder.toString()).good();
  }

  /** What a program said, and how it ended. */
  record Said(int exit, String text) {
    void good() {
      if (exit != 0) {
        throw new AssertionError(text);
      }
    }
  }

  static Said run(String... words) throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(List.of(words)).redirectErrorStream(true).start();
    } catch (IOException missing) {
      return new Said(127, missing.getMessage());
    }
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return new Said(process.onExit().orTimeout(WAIT_S, TimeUnit.SECONDS).join().exitValue(), text);
  }
}
