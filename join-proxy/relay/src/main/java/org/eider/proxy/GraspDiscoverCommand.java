package org.eider.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.grasp.Address;
import org.eider.grasp.Diagnostics;
import org.eider.grasp.Discovered;
import org.eider.grasp.GraspProbe;
import org.eider.grasp.Locator;
import org.eider.grasp.Message;
import org.eider.grasp.Objective;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code eider grasp discover}. */
@Command(
    name = "discover",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Multicasts an M_DISCOVERY on the interfaces, and prints who answers, and where it says the objective is, until the time is over.",
      "Join proxies of Eider answer with a flood instead: grasp watch shows it. Exit 0 if anybody answered, else 1."})
final class GraspDiscoverCommand implements Callable<Integer> {
  private static final long DISCOVERY = 5;

  @ParentCommand private GraspCommand parent;
  @Spec private CommandSpec spec;
  @Mixin private GraspLinks links;

  @Option(names = "--name", required = true, paramLabel = "NAME", description = "Name of the objective, for instance AN_join_registrar.")
  private String name;

  @Option(names = "--loop", paramLabel = "N", description = "Loop count: how many links far (default: ${DEFAULT-VALUE}).")
  private int loopCount = 1;

  @Option(names = "--timeout", paramLabel = "MS", description = "How long to wait for answers (default: ${DEFAULT-VALUE}).")
  private int timeout = 2000;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    AtomicInteger answers = new AtomicInteger();
    List<IOException> troubles = new ArrayList<>();
    try (GraspLinks.Probes probes = links.open(GraspLinks.deaf())) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < probes.all().size(); i++) {
        GraspProbe probe = probes.all().get(i);
        Message.Discovery question = question(probe, Address.of(probes.address(i)));
        Thread thread = new Thread(() -> ask(probe, question, answers, troubles));
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    if (!troubles.isEmpty()) {
      throw new CommandFailure("cannot ask: " + troubles.get(0).getMessage());
    }
    if (answers.get() == 0) {
      throw new CommandFailure("nobody answers", "what is flooded shows with: eider grasp watch");
    }
    return Cli.OK;
  }

  private Message.Discovery question(GraspProbe probe, Address own) {
    try {
      return new Message.Discovery(probe.newSession(), own, new Objective(name, DISCOVERY, loopCount, Optional.empty()));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private void ask(GraspProbe probe, Message.Discovery question, AtomicInteger answers, List<IOException> troubles) {
    try {
      probe.discover(question, Duration.ofMillis(timeout), answer -> {
        answers.incrementAndGet();
        print(answer);
      });
    } catch (IOException e) {
      synchronized (troubles) {
        troubles.add(e);
      }
    }
  }

  private synchronized void print(Discovered answer) {
    for (Locator locator : answer.locators()) {
      parent.console().line(answer.interfaceName() + " " + GraspLinks.text(answer.responder()) + " ttl " + answer.ttl() + " "
          + (answer.isDivert() ? "divert " : "") + Diagnostics.of(Optional.of(locator)));
    }
  }
}
