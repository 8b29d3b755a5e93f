package org.eider.registrar.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.eider.pki.Certificates;
import org.eider.registrar.server.HttpMutations.Message;
import org.eider.voucher.Nonce;
import org.eider.wire.Octets;

/** What the devices of a run have honestly said, what came back, and what must not have happened. For all threads. */
final class MutationLedger {
  private static final int MOST_FAULTS = 20;
  private static final int MOST_MESSAGES = 100;

  private final Map<String, Set<Octets>> signed = new ConcurrentHashMap<>();
  private final Map<String, Set<Octets>> asked = new ConcurrentHashMap<>();
  private final Set<Octets> offered = ConcurrentHashMap.newKeySet();
  private final List<Message> messages = new ArrayList<>();
  private final List<Octets> records = new CopyOnWriteArrayList<>();
  private final Map<String, LongAdder> tallies = new ConcurrentSkipListMap<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final AtomicInteger kept = new AtomicInteger();

  /** A device has signed that content. */
  void signed(String serial, Octets content) {
    signed.computeIfAbsent(serial, device -> ConcurrentHashMap.newKeySet()).add(content.sha256());
  }

  boolean wasSigned(String serial, Octets content) {
    return signed.getOrDefault(serial, Set.of()).contains(content.sha256());
  }

  /** A device has sent that nonce. */
  void asked(String serial, Nonce nonce) {
    asked.computeIfAbsent(serial, device -> ConcurrentHashMap.newKeySet()).add(nonce.octets());
  }

  boolean wasAsked(String serial, Nonce nonce) {
    return asked.getOrDefault(serial, Set.of()).contains(nonce.octets());
  }

  /** Somebody has asked for a certificate of that key. */
  void offered(PublicKey key) {
    offered.add(Certificates.spkiSha256(key));
  }

  boolean wasOffered(PublicKey key) {
    return offered.contains(Certificates.spkiSha256(key));
  }

  /** Keeps a good request, for replays and splices by others. */
  synchronized void share(Message message) {
    messages.add(message);
    if (messages.size() > MOST_MESSAGES) {
      messages.remove(0);
    }
  }

  /** A good request of anybody. */
  synchronized Message any(Random random) {
    return messages.get(random.nextInt(messages.size()));
  }

  /** TLS records of any session, to be filled. */
  List<Octets> records() {
    return records;
  }

  void tally(String what) {
    tallies.computeIfAbsent(what, key -> new LongAdder()).increment();
  }

  long tallied(String what) {
    return Optional.ofNullable(tallies.get(what)).map(LongAdder::sum).orElse(0L);
  }

  /** What came back, and how often. */
  Map<String, Long> tallies() {
    Map<String, Long> sums = new TreeMap<>();
    tallies.forEach((what, count) -> sums.put(what, count.sum()));
    return sums;
  }

  /** Something that must not happen. */
  void fault(String what) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(what);
    }
  }

  /** Something that must not happen, and what was sent, which is kept in a file that is named with it. */
  void fault(String what, byte[] sent) {
    int number = kept.incrementAndGet();
    if (number > MOST_FAULTS) {
      return;
    }
    try {
      Path file = Files.createDirectories(Path.of("target", "mutations")).resolve("sent-" + number + ".bin");
      fault(what + "; sent " + Files.write(file, sent).toAbsolutePath());
    } catch (IOException e) {
      fault(what + "; what was sent could not be kept: " + e);
    }
  }

  List<String> faults() {
    return List.copyOf(faults);
  }

  /** Whether there are so many faults that more would tell nothing. */
  boolean isHopeless() {
    return faults.size() >= MOST_FAULTS;
  }
}
