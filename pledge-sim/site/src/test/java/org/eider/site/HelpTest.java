package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eider.cli.Console;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What every command says about itself. */
class HelpTest {
  private static List<CommandLine> commands() {
    PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    List<CommandLine> all = new ArrayList<>();
    collect(Main.allCommands(new Console(nowhere, nowhere)), all);
    return all;
  }

  static Stream<String> everyCommand() {
    return commands().stream().map(command -> command.getCommandSpec().qualifiedName());
  }

  static Stream<String> groups() {
    return commands().stream().filter(command -> !command.getSubcommands().isEmpty()).map(command -> command.getCommandSpec().qualifiedName());
  }

  @ParameterizedTest
  @MethodSource("everyCommand")
  void everyCommandExplainsItselfInBothSpellings(String command) {
    assertThat(RunningSite.eider(0, words(command, "--help"))).startsWith("Usage: " + command + " ").contains("-h, --help");
    assertThat(RunningSite.eider(0, words(command, "-h"))).startsWith("Usage: " + command + " ");
  }

  @ParameterizedTest
  @MethodSource("everyCommand")
  void everyOptionThatMayBeLeftOutNamesItsDefault(String name) {
    CommandLine command = commands().stream().filter(each -> each.getCommandSpec().qualifiedName().equals(name)).findFirst().orElseThrow();
    assertThat(command.getCommandSpec().options())
        .filteredOn(option -> !option.required() && !option.usageHelp() && !option.versionHelp())
        .allSatisfy(option -> assertThat(said(option)).as(option.longestName()).containsAnyOf("(default: ", "; default: "));
  }

  @ParameterizedTest
  @MethodSource("groups")
  void aGroupWithoutCommandIsCalledWrongly(String group) {
    assertThat(RunningSite.eider(2, words(group))).contains("error: ").contains("hint: see " + group + " --help");
  }

  private static void collect(CommandLine command, List<CommandLine> all) {
    all.add(command);
    command.getSubcommands().values().forEach(below -> collect(below, all));
  }

  private static String[] words(String command, String... more) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.remove(0);
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private static String said(OptionSpec option) {
    return String.join(" ", option.description());
  }
}
