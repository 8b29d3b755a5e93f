package org.eider.site;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One of our commands as a process of its own, with this Java.
 *
 * @param prefix what stands before it, such as {@code ip netns exec NAME}
 * @param java options for Java, such as {@code -Xmx256m}
 * @param lean whether it is the join proxy's program, on its own small class path, and not the one of this process
 * @param words the command, for instance {@code masa serve --data DIR --port 0}
 */
record Launch(List<String> prefix, List<String> java, boolean lean, List<String> words) {
  /** Where the launcher says that its archive of classes is. */
  private static final String CLASSES = "eider.classes";
  /** Where the launcher says that it is, with everything that was built. */
  private static final String HOME = "eider.home";
  private static final String LEAN_LIB = "join-proxy/relay/target/lib";
  private static final String LEAN_CLASSES = "pledge-sim/site/target/eider-proxy.jsa";
  /** How the join proxy is told what starts Eider, for when it needs the pledge program. */
  private static final String PROGRAM = "eider.program";
  private static final String LEAN_MAIN = "org.eider.proxy.Main";
  /** On the class path of a build, what the join proxy stands on. */
  private static final Pattern LEAN_ENTRY = Pattern.compile(
      ".*/(join-proxy/|est/(wire|limits|cli|config)/|((netty|jackson|picocli|slf4j|logback|caffeine|bucket4j|snakeyaml)[^/]*\\.jar$)).*");
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  /** Keeps unmodifiable copies. */
  Launch {
    prefix = List.copyOf(prefix);
    java = List.copyOf(java);
    words = List.copyOf(words);
  }

  /** A command of the program that this is. */
  static Launch of(List<String> words) {
    return new Launch(List.of(), List.of(), false, words);
  }

  /** A command of the join proxy's program. */
  static Launch lean(List<String> words) {
    return new Launch(List.of(), List.of("-Xmx64m", "-XX:+UseSerialGC"), true, words);
  }

  /**
   * The same, able to start the pledge program.
   *
   * @param folder where a script for that is written when there is no launcher
   */
  Launch able(Path folder) throws IOException {
    Optional<Path> launcher = home().map(home -> home.resolve("eider"));
    List<String> more = new ArrayList<>(java);
    more.add("-D" + PROGRAM + "=" + (launcher.isPresent() ? launcher.get() : script(folder)));
    return new Launch(prefix, more, lean, words);
  }

  private static Path script(Path folder) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path script = Files.writeString(folder.resolve("eider"), "#!/bin/sh\nexec '" + java + "' -XX:TieredStopAtLevel=1 -cp '"
        + System.getProperty("java.class.path") + "' " + Main.class.getName() + " \"$@\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }

  /** The same with other options for Java. */
  Launch with(List<String> options) {
    return new Launch(prefix, options, lean, words);
  }

  /** The same behind other words. */
  Launch behind(List<String> other) {
    return new Launch(other, java, lean, words);
  }

  /** What to run: in a session of its own, so that it can outlive the terminal. */
  List<String> commandLine() {
    List<String> line = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      line.add(SETSID.toString());
    }
    line.addAll(prefix);
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(classArchive());
    line.addAll(java);
    line.add("-cp");
    line.add(lean ? leanClassPath() : System.getProperty("java.class.path"));
    line.add(lean ? LEAN_MAIN : Main.class.getName());
    line.addAll(words);
    return line;
  }

  /** The launcher's archive of classes, if it has told of one; Java goes on without it when it does not fit. */
  private List<String> classArchive() {
    Optional<Path> file = lean ? home().map(home -> home.resolve(LEAN_CLASSES)).filter(Files::exists)
        : Optional.of(System.getProperty(CLASSES, "")).filter(name -> !name.isEmpty()).map(Path::of);
    return file.map(found -> List.of("-Xshare:auto", "-Xlog:cds*=off", "-XX:SharedArchiveFile=" + found)).orElse(List.of());
  }

  private static Optional<Path> home() {
    return Optional.of(System.getProperty(HOME, "")).filter(name -> !name.isEmpty()).map(Path::of);
  }

  private static String leanClassPath() {
    return home().map(home -> home.resolve(LEAN_LIB) + "/*").orElseGet(() ->
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).filter(entry -> LEAN_ENTRY.matcher(entry).matches())
            .collect(Collectors.joining(File.pathSeparator)));
  }
}
