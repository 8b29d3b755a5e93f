package org.eider.registrar.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * Processes on this test's class path that start as fast as they can: without the optimising compiler, without the flight recorder,
 * with which JDBI would register, without the logging of tests, which servers replace anyway, and, once {@link #archive} has named a
 * file that a process made, with its classes shared. Sharing wants jars without signatures, so folders are packed, and of signed jars
 * there are copies that are not.
 */
final class FastJvm {
  private static final String LOGGING_OF_TESTS = "logback-test.xml";
  private static final String SIGNATURE = "META-INF/[^/]+\\.(SF|RSA|DSA|EC)";

  private final String classPath;
  private final List<String> options = new ArrayList<>(
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx160m", "-XX:+ExitOnOutOfMemoryError",
          "-XX:+IgnoreUnrecognizedVMOptions", "-XX:-FlightRecorder"));

  FastJvm(Path folder) throws IOException {
    String given = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> jars = new ArrayList<>();
    for (String entry : given.split(java.io.File.pathSeparator)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        jars.add(packed(path, folder.resolve("classes-" + jars.size() + ".jar")).toString());
      } else if (Files.exists(path)) {
        jars.add(isSigned(path) ? unsigned(path, folder).toString() : entry);
      }
    }
    this.classPath = String.join(java.io.File.pathSeparator, jars);
  }

  /** The words that start {@code main} with these arguments and further options of the JVM. */
  List<String> command(Class<?> main, List<String> more, String... arguments) {
    return Stream.of(
            Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()), options.stream(), more.stream(),
            Stream.of("-cp", classPath, main.getName()), Stream.of(arguments))
        .flatMap(words -> words).collect(Collectors.toList());
  }

  /** The option by which a process leaves an archive of its classes behind when it ends in peace. */
  static String leaving(Path archive) {
    return "-XX:ArchiveClassesAtExit=" + archive;
  }

  /** From now on, processes use that archive if it fits. */
  void archive(Path archive) {
    options.addAll(List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive));
  }

  private static boolean isSigned(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream().anyMatch(entry -> entry.getName().matches(SIGNATURE));
    }
  }

  private static Path unsigned(Path jar, Path folder) throws IOException {
    Path copy = Files.copy(jar, folder.resolve(jar.getFileName().toString()));
    try (FileSystem zip = FileSystems.newFileSystem(copy); Stream<Path> entries = Files.list(zip.getPath("META-INF"))) {
      for (Path entry : entries.filter(path -> ("META-INF/" + path.getFileName()).matches(SIGNATURE)).toList()) {
        Files.delete(entry);
      }
    }
    return copy;
  }

  private static Path packed(Path classes, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      Files.walkFileTree(classes, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
          if (file.endsWith(LOGGING_OF_TESTS)) {
            return FileVisitResult.CONTINUE;
          }
          try {
            out.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
            Files.copy(file, out);
            out.closeEntry();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return FileVisitResult.CONTINUE;
        }
      });
    }
    return jar;
  }
}
