package org.eider.registrar.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.pki.CmsOpener;
import org.eider.pki.CmsSealer;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.UntrustedException;
import org.eider.registrar.server.HttpMutations.Message;
import org.eider.registrar.server.HttpMutations.Mutant;
import org.eider.registrar.server.RawLine.Answer;
import org.eider.registrar.server.RawLine.NoHttp;
import org.eider.testkit.Damage;
import org.eider.testkit.Hostile;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.Nonce;
import org.eider.voucher.StatusReport;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherJson;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * A device that is what it says, and whose exchanges are spoiled on their way: one mutation at a time, each chosen by its own random
 * numbers. Whatever comes back is judged. For one thread.
 */
final class MutatingPledge implements AutoCloseable {
  private static final String REQUEST_VOUCHER = "/.well-known/brski/requestvoucher";
  private static final String CMS = "application/voucher-cms+json";
  private static final Duration LONG = Duration.ofSeconds(75);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration REST = Duration.ofMillis(15);
  private static final int FRESH_EVERY = 40;
  private static final int PATIENT_ONCE_IN = 500;

  private final MutationLedger ledger;
  private final int port;
  private final TestPledge pledge;
  private final TestPledge stranger;
  private final Credential ldevid;
  private final X509Certificate registrar;
  private final SSLContext asIdevid;
  private final SSLContext asLdevid;
  private final SSLContext asStranger;
  private final List<KeyPair> keys = new ArrayList<>();
  private final Map<SSLContext, RawLine> lines = new HashMap<>();
  private List<Message> good = new ArrayList<>();
  private byte[] sent = new byte[0];
  private int done;

  /** Onboards a device of that serial number, honestly. */
  MutatingPledge(TestSite site, String serial, MutationLedger ledger) throws Exception {
    this.ledger = ledger;
    this.port = site.registrar.httpsPort();
    this.pledge = site.pledge(serial);
    this.stranger = new TestPledge("STRANGER-OF-" + serial, TestPki.manufacturer("Nobody", "localhost:1").idevid("STRANGER-OF-" + serial), port);
    for (int i = 0; i < 3; i++) {
      keys.add(TestPledge.newKey());
      ledger.offered(keys.get(i).getPublic());
    }
    this.ldevid = pledge.onboard(keys.get(0));
    try (TestPledge.Line line = pledge.connect()) {
      this.registrar = line.connection().serverChain().get(0);
    }
    this.asIdevid = RawLine.identity(pledge.idevid());
    this.asLdevid = RawLine.identity(ldevid);
    this.asStranger = RawLine.identity(stranger.idevid());
    refresh();
  }

  /** Does the mutation that {@code random} chooses; what must not happen goes into the ledger. */
  void mutate(String number, Random random) {
    String what = number;
    try {
      if (done++ % FRESH_EVERY == 0) {
        refresh();
      }
      int level = random.nextInt(10);
      if (level == 0) {
        what = number + " TLS";
        onRecords(what, random);
      } else if (level <= 2) {
        what = number + " HTTP";
        onHttp(what, random);
      } else {
        what = number + " payload";
        onPayload(what, random);
      }
    } catch (IOException e) {
      drop(asIdevid);
      drop(asLdevid);
      drop(asStranger);
      fault(what + ": " + e);
    }
  }

  /** New honest requests, and one of them as it is: it has to be served in between. */
  private void refresh() throws IOException {
    List<Message> fresh = new ArrayList<>();
    Octets content = VoucherJson.encode(request(pledge));
    ledger.signed(pledge.serial(), content);
    Octets pvr = CmsSealer.seal(content, CmsSealer.ANIMA_JSON_VOUCHER, pledge.idevid(), TestPki.NOW);
    fresh.add(new Message("POST", REQUEST_VOUCHER, List.of("Content-Type: " + CMS, "Accept: " + CMS), pvr));
    KeyPair key = keys.get(done / FRESH_EVERY % keys.size());
    X500Name subject = X500Name.getInstance(ldevid.certificate().getSubjectX500Principal().getEncoded());
    fresh.add(enrol("simpleenroll", Csr.create(new X500Name("CN=any"), key, Optional.empty(), List.of())));
    fresh.add(enrol("simplereenroll", Csr.create(subject, key, Optional.empty(), List.of())));
    fresh.add(json("voucher_status", StatusReport.success()));
    fresh.add(json("enrollstatus", StatusReport.success()));
    fresh.add(new Message("GET", "/.well-known/est/cacerts", List.of(), Octets.empty()));
    fresh.add(new Message("GET", "/.well-known/est/csrattrs", List.of(), Octets.empty()));
    good = fresh;
    fresh.forEach(ledger::share);
    exchange("honest request", asIdevid, fresh.get(0)).filter(answer -> answer.status() != 200 && answer.status() != 202 && answer.status() != 503)
        .ifPresent(answer -> fault("an honest request gets " + answer.status() + " " + answer.body().utf8()));
  }

  private VoucherRequest request(TestPledge of) {
    Nonce nonce = TestPledge.nonce();
    ledger.asked(of.serial(), nonce);
    return VoucherRequest.of(of.serial()).assertion(Optional.of(Assertion.PROXIMITY)).createdOn(TestPki.NOW)
        .nonce(Optional.of(nonce)).proximityRegistrarCert(Certificates.der(registrar)).build();
  }

  private static Message enrol(String operation, Octets pkcs10) {
    return new Message("POST", "/.well-known/est/" + operation, List.of("Content-Type: application/pkcs10"), Octets.utf8(pkcs10.base64()));
  }

  private static Message json(String operation, StatusReport report) {
    return new Message("POST", "/.well-known/brski/" + operation, List.of("Content-Type: application/json"), report.encode());
  }

  // Payload: the request is whole HTTP, so it has to be answered.

  private void onPayload(String what, Random random) throws IOException {
    int kind = random.nextInt(20);
    Message base = kind < 11 ? good.get(0) : kind < 16 ? good.get(1 + kind % 2) : good.get(random.nextInt(good.size()));
    Message other = ledger.any(random);
    SSLContext who = base.path().endsWith("simplereenroll") ? asLdevid : asIdevid;
    String how;
    Octets body;
    switch (random.nextInt(13)) {
      case 0 -> {
        how = "another's body";
        body = other.body();
      }
      case 1 -> {
        how = "splice with another's";
        body = spliced(base.body(), other.body(), random);
      }
      case 2 -> {
        how = "of a stranger";
        who = asStranger;
        body = base.path().equals(REQUEST_VOUCHER) ? VoucherSealer.cms().seal(request(stranger), stranger.idevid(), TestPki.NOW).bytes() : base.body();
      }
      case 3 -> {
        how = "pieces swapped";
        body = swapped(base.body(), random);
      }
      case 4, 5, 6 -> {
        how = "spoiled inside";
        body = inside(base, random);
      }
      default -> {
        how = "spoiled";
        body = spoiled(base.body(), random);
      }
    }
    Message mutated = base.with(body);
    exchange(what + " " + how, who, mutated);
  }

  /** Below base64, or below the signature: the device itself signs nonsense. */
  private Octets inside(Message base, Random random) {
    try {
      if (base.path().startsWith("/.well-known/est/") && !base.body().isEmpty()) {
        return Octets.utf8(spoiled(Base64Text.body(base.body(), "body"), random).base64());
      }
      if (base.path().equals(REQUEST_VOUCHER)) {
        Octets content = spoiled(VoucherJson.encode(request(pledge)), random);
        ledger.signed(pledge.serial(), content);
        Hostile.read(() -> VoucherJson.request(content)).flatMap(VoucherRequest::nonce).ifPresent(nonce -> ledger.asked(pledge.serial(), nonce));
        return CmsSealer.seal(content, CmsSealer.ANIMA_JSON_VOUCHER, pledge.idevid(), TestPki.NOW);
      }
      return spoiled(base.body(), random);
    } catch (DecodeException e) {
      throw new AssertionError("our own base64", e);
    }
  }

  private static Octets spoiled(Octets good, Random random) {
    Octets spoiled = good;
    for (int times = 1 + random.nextInt(3); times > 0 && !spoiled.isEmpty(); times--) {
      spoiled = Damage.to(spoiled, random);
    }
    return spoiled;
  }

  private static Octets swapped(Octets good, Random random) {
    int first = random.nextInt(good.size() + 1);
    int second = first + random.nextInt(good.size() - first + 1);
    ByteArrayOutputStream all = new ByteArrayOutputStream(good.size());
    all.writeBytes(good.slice(first, second).toArray());
    all.writeBytes(good.slice(0, first).toArray());
    all.writeBytes(good.slice(second, good.size()).toArray());
    return Octets.of(all.toByteArray());
  }

  private static Octets spliced(Octets first, Octets second, Random random) {
    double cut = random.nextDouble();
    byte[] head = first.slice(0, (int) (first.size() * cut)).toArray();
    byte[] tail = second.slice((int) (second.size() * cut), second.size()).toArray();
    byte[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return Octets.of(all);
  }

  /** Sends whole HTTP over a connection that is kept; the answer, if the server did not end an older connection instead. */
  private Optional<Answer> exchange(String what, SSLContext who, Message message) throws IOException {
    for (boolean again = true; ; again = false) {
      boolean used = lines.containsKey(who);
      RawLine line = line(who);
      try {
        line.patience(LONG);
        sent = message.octets();
        line.send(sent);
        Optional<Answer> answer = line.answer(false);
        answer.ifPresentOrElse(a -> judge(what, who, Optional.of(message), a), () -> ledger.tally("closed"));
        if (answer.filter(a -> !a.isLast()).isEmpty()) {
          drop(who);
        }
        if (answer.isEmpty() && !(used && again)) {
          fault(what + ": no answer to whole HTTP");
        }
        if (answer.isPresent() || !used || !again) {
          return answer;
        }
      } catch (NoHttp e) {
        drop(who);
        fault(what + ": " + e.getMessage());
        return Optional.empty();
      } catch (SocketTimeoutException e) {
        drop(who);
        fault(what + ": no answer in time");
        return Optional.empty();
      } catch (IOException e) {
        drop(who);
        if (!used || !again) {
          throw e;
        }
      }
    }
  }

  // HTTP: the server may wait for more, answer several times, or end the connection.

  private void onHttp(String what, Random random) throws IOException {
    Message base = good.get(random.nextInt(good.size()));
    Mutant mutant = new HttpMutations(random).of(base, ledger.any(random));
    String name = what + " " + mutant.what();
    boolean patient = random.nextInt(PATIENT_ONCE_IN) == 0;
    drop(asIdevid);
    RawLine line = line(asIdevid);
    boolean answered = false;
    try {
      line.patience(patient || mutant.framed() ? LONG : SHORT);
      sent = mutant.octets();
      send(line, sent, random);
      for (Optional<Answer> answer = line.answer(mutant.bodiless()); answer.isPresent(); answer = line.answer(mutant.bodiless())) {
        judge(name, asIdevid, Optional.empty(), answer.get());
        answered = true;
        if (mutant.framed() && !answer.get().isLast()) {
          return;
        }
        line.patience(REST);
      }
      ledger.tally("closed");
    } catch (NoHttp e) {
      fault(name + ": " + e.getMessage());
    } catch (SocketTimeoutException e) {
      ledger.tally(answered ? "kept" : "waits");
      if (!answered && (patient || mutant.framed())) {
        fault(name + ": the server waits for ever");
      }
    } catch (IOException e) {
      ledger.tally("closed");
    }
    drop(asIdevid);
  }

  /** In up to three pieces; a server that has answered already may refuse the rest. */
  private static void send(RawLine line, byte[] octets, Random random) {
    int first = random.nextInt(3) == 0 ? random.nextInt(octets.length) : octets.length;
    try {
      line.send(Arrays.copyOf(octets, first));
      line.send(Arrays.copyOfRange(octets, first, octets.length));
    } catch (IOException e) {
      // the answer, if any, tells why
    }
  }

  // TLS: nothing needs to come back but records.

  private void onRecords(String what, Random random) throws IOException {
    DamagedSocket.Harm[] harms = DamagedSocket.Harm.values();
    DamagedSocket.Harm harm = harms[1 + random.nextInt(harms.length - 1)];
    String protocol = random.nextBoolean() ? "TLSv1.3" : "TLSv1.2";
    Message base = good.get(random.nextInt(good.size()));
    boolean patient = random.nextInt(PATIENT_ONCE_IN) == 0;
    int victim = random.nextInt(7);
    String name = what + " " + protocol + " write " + victim + " of the client " + harm;
    boolean greeted = false;
    sent = base.octets();
    try (DamagedSocket tcp = new DamagedSocket(harm, victim, random, ledger.records())) {
      try (RawLine line = RawLine.open(tcp, asIdevid, port, protocol, patient ? LONG : SHORT)) {
        greeted = true;
        line.patience(SHORT); // where only the request is gone, the server may wait for one for long
        line.send(sent);
        Optional<Answer> answer = line.answer(false);
        answer.ifPresentOrElse(a -> judge(name, asIdevid, Optional.empty(), a), () -> ledger.tally("closed"));
      } catch (NoHttp e) {
        fault(name + ": " + e.getMessage());
      } catch (SocketTimeoutException e) {
        ledger.tally("waits");
        if (patient && !greeted) {
          fault(name + ": the server waits for ever");
        }
      } catch (IOException | RuntimeException e) {
        ledger.tally("closed"); // an alert, the end, or a client that is confused by what came back
      }
      if (!tcp.gotRecords()) {
        fault(name + ": the server answers with something that is no TLS");
      }
    }
  }

  // What came back.

  private void fault(String what) {
    ledger.fault(what, sent);
  }

  private void judge(String what, SSLContext who, Optional<Message> sent, Answer answer) {
    ledger.tally(Integer.toString(answer.status()));
    if (answer.status() >= 500 && answer.status() != 503) {
      fault(what + ": " + answer.status() + " " + answer.body().utf8().strip());
    }
    if (answer.status() == 503 && !answer.headers().containsKey("retry-after")) {
      fault(what + ": 503 without Retry-After");
    }
    if (answer.status() != 200) {
      return;
    }
    String type = answer.headers().getOrDefault("content-type", "");
    try {
      if (type.startsWith(CMS)) {
        ledger.tally("vouchers");
        voucher(what, who, sent, answer);
      } else if (type.contains("certs-only")) {
        ledger.tally("certificates");
        certificate(what, who, answer);
      } else if (who == asStranger && sent.map(Message::method).orElse("").equals("POST")) {
        fault(what + ": a stranger's request is granted");
      }
    } catch (DecodeException | UntrustedException e) {
      fault(what + ": " + type + " that cannot be read: " + e.getMessage());
    }
  }

  private void voucher(String what, SSLContext who, Optional<Message> sent, Answer answer) throws DecodeException, UntrustedException {
    Voucher voucher = VoucherOpener.voucher(new VoucherArtifact(VoucherFormat.CMS_JSON, answer.body()), List.of()).value();
    if (who == asStranger || !voucher.serialNumber().equals(pledge.serial())) {
      fault(what + ": a voucher of " + voucher.serialNumber() + " for somebody else");
    }
    if (voucher.nonce().filter(nonce -> ledger.wasAsked(pledge.serial(), nonce)).isEmpty()) {
      fault(what + ": a voucher with a nonce that the device never sent");
    }
    if (sent.isPresent()) {
      Verified<VoucherRequest> request =
          VoucherOpener.request(new VoucherArtifact(VoucherFormat.CMS_JSON, sent.get().body()), List.of(pledge.idevid().certificate()));
      Octets content = CmsOpener.open(sent.get().body(), List.of(pledge.idevid().certificate())).content();
      if (!request.signer().equals(pledge.idevid().certificate()) || !ledger.wasSigned(pledge.serial(), content)) {
        fault(what + ": a voucher for a request that the device did not sign");
      }
    }
  }

  private void certificate(String what, SSLContext who, Answer answer) throws DecodeException {
    X509Certificate issued = CertsOnly.decode(Base64Text.body(answer.body(), "body")).get(0);
    if (who == asStranger || !Certificates.subjectSerialNumber(issued).equals(Optional.of(pledge.serial()))) {
      fault(what + ": a certificate of " + Certificates.subject(issued) + " for somebody else");
    }
    if (!ledger.wasOffered(issued.getPublicKey())) {
      fault(what + ": a certificate for a key that nobody offered");
    }
  }

  // Connections.

  private RawLine line(SSLContext who) throws IOException {
    RawLine line = lines.get(who);
    if (line == null) {
      line = RawLine.open(new Socket(), who, port, "TLSv1.3", LONG);
      lines.put(who, line);
    }
    return line;
  }

  private void drop(SSLContext who) {
    RawLine line = lines.remove(who);
    if (line != null) {
      line.close();
    }
  }

  @Override
  public void close() {
    List.copyOf(lines.keySet()).forEach(this::drop);
  }
}
