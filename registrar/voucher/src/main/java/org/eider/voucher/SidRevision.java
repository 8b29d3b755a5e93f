package org.eider.voucher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.eider.voucher.Leaf.Module;

/**
 * A numbering of the voucher modules' leaves (RFC 9595). The container's number tells which one an artefact follows; which one is written
 * depends on who is to read it.
 */
public enum SidRevision {
  /** The {@code .sid} files of RFC 8366bis, revision 2025-12-18; also what was in use from 2020 on. */
  CURRENT("2025-12-18", Optional.empty()),
  /** The drafts of 2018 and 2019. */
  DRAFTS_OF_2018("2018", Optional.of("sids-2018.txt"));

  private final String label;
  private final Map<Module, Map<Leaf, Long>> leaves = new EnumMap<>(Module.class);
  private final Map<Module, Long> containers = new EnumMap<>(Module.class);

  SidRevision(String label, Optional<String> table) {
    this.label = label;
    for (Module module : Module.values()) {
      leaves.put(module, new EnumMap<>(Leaf.class));
    }
    table.ifPresentOrElse(this::load, this::fill);
  }

  /** The newest, for whoever says nothing else. */
  public static SidRevision newest() {
    return CURRENT;
  }

  /** The name in options: a date or a year. */
  public String label() {
    return label;
  }

  /** The revision of that name. */
  public static Optional<SidRevision> ofLabel(String label) {
    for (SidRevision revision : values()) {
      if (revision.label.equals(label)) {
        return Optional.of(revision);
      }
    }
    return Optional.empty();
  }

  /** The revision that has {@code sid} for the container of that module. */
  static Optional<SidRevision> ofContainer(Module module, long sid) {
    for (SidRevision revision : values()) {
      if (revision.container(module) == sid) {
        return Optional.of(revision);
      }
    }
    return Optional.empty();
  }

  long container(Module module) {
    return containers.get(module);
  }

  OptionalLong sid(Module module, Leaf leaf) {
    Long sid = leaves.get(module).get(leaf);
    return sid == null ? OptionalLong.empty() : OptionalLong.of(sid);
  }

  Optional<Leaf> leaf(Module module, long sid) {
    return leaves.get(module).entrySet().stream().filter(row -> row.getValue() == sid).map(Map.Entry::getKey).findFirst();
  }

  private void fill() {
    for (Module module : Module.values()) {
      containers.put(module, (long) module.containerSid());
      for (Leaf leaf : Leaf.values()) {
        leaf.sid(module).ifPresent(sid -> leaves.get(module).put(leaf, (long) sid));
      }
    }
  }

  private void load(String resource) {
    Map<String, Module> modules = Map.of("voucher", Module.VOUCHER, "request", Module.REQUEST);
    try (InputStream in = SidRevision.class.getResourceAsStream(resource);
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#") && !line.isBlank()) {
          String[] words = line.split(" ");
          row(modules.get(words[0]), words[1], Long.parseLong(words[2]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  private void row(Module module, String name, long sid) {
    if (name.equals("-")) {
      containers.put(module, sid);
    } else {
      leaves.get(module).put(Leaf.ofLabel(name).orElseThrow(), sid);
    }
  }
}
