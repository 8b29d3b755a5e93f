package org.eider.registrar.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.eider.testkit.Damage;
import org.eider.wire.Octets;

/** A request as octets, and what can become of it between a good client and the server: request line, headers, framing of the body. */
final class HttpMutations {
  /**
   * A good request.
   *
   * @param headers lines without their end, Host and Content-Length left out
   */
  record Message(String method, String path, List<String> headers, Octets body) {
    Message {
      headers = List.copyOf(headers);
    }

    Message with(Octets other) {
      return new Message(method, path, headers, other);
    }

    byte[] octets() {
      return rendered(method + " " + path + " HTTP/1.1", lines(), body.toArray());
    }

    private List<String> lines() {
      List<String> lines = new ArrayList<>(List.of("Host: registrar.example.net"));
      lines.addAll(headers);
      if (method.equals("POST") || !body.isEmpty()) {
        lines.add("Content-Length: " + body.size());
      }
      return lines;
    }
  }

  /**
   * What is sent instead.
   *
   * @param what for people
   * @param framed whether the server finds exactly one request in it, with the end where we see it
   * @param bodiless whether it is HEAD
   */
  record Mutant(String what, byte[] octets, boolean framed, boolean bodiless) {}

  private static final String[] METHODS = {"GET", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PRI", "HEAD", "post", "P\u0000ST", "POST\t", "M".repeat(500)};
  private static final String[] PATHS = {"/", "*", "/.well-known/brski", "/.well-known/brski/requestvoucher/", "/.well-known//est/cacerts",
    "/.well-known/est/../est/cacerts", "/.well-known/est/%2e%2e/cacerts", "/.well-known%2fest/cacerts", "/.well-known/est/cacerts%00",
    "https://registrar.example.net/.well-known/est/cacerts", "http://x", "/.well-known/est/caf%C3%A9", "/%ff", "/" + "a".repeat(5000),
    "/.well-known/est/label/simpleenroll", "/admin/devices", "/.well-known/est/serverkeygen", "/.well-known/est/fullcmc", "?x=y", "#"};
  private static final String[] VERSIONS = {"HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "HTTP/11", "http/1.1", "", "HTTP/1.1 ", "HTCPCP/1.0"};
  private static final String[] LINES = {"Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity",
    "Transfer-Encoding:\u000bchunked", "Content-Length: 5", "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 1e3",
    "Host: other.example.net", "Expect: 100-continue", "Expect: 200-ok", "Connection: close", "Connection: upgrade\r\nUpgrade: h2c",
    "Accept: */*;q=0", "Accept: application/voucher-cose+cbor", "Content-Type: text/plain", "Content-Type: ;;;===\"", "Content-Type: " + "x".repeat(3000),
    "Content-Transfer-Encoding: binary", "Content-Encoding: gzip", "X-Big: " + "y".repeat(20_000), "Folded: a\r\n b", "Space : x", ": nameless",
    "No colon at all", "Nul: a\u0000b", "Bare: a\rb", "\u00e4: \u00fc", "Accept: application/voucher-cms+json\r\nAccept: text/html", "Trailer: Content-Length",
    "Range: bytes=0-", "Authorization: Bearer x", "Cookie: " + "c=d; ".repeat(100), "X-Eider-Session: 000000000000"};

  private final Random random;

  HttpMutations(Random random) {
    this.random = random;
  }

  /** Something else than {@code good}, made of it. */
  Mutant of(Message good, Message other) {
    byte[] whole = good.octets();
    int head = whole.length - good.body().size();
    return switch (random.nextInt(16)) {
      case 0 -> loose("spoiled head", joined(Damage.to(Octets.of(whole).slice(0, head), random).toArray(), Octets.of(whole).slice(head, whole.length).toArray()));
      case 1 -> loose("spoiled anywhere", Damage.to(Octets.of(whole), random).toArray());
      case 2 -> startLine(good, any(METHODS), good.path(), "HTTP/1.1");
      case 3 -> framed("path", rendered(good.method() + " " + any(PATHS) + " HTTP/1.1", good.lines(), good.body().toArray()), good.body().isEmpty());
      case 4 -> startLine(good, good.method(), good.path(), any(VERSIONS));
      case 5, 6 -> line(good);
      case 7 -> without(good);
      case 8 -> many(good);
      case 9 -> loose("length", length(good));
      case 10, 11 -> loose("chunks", chunked(good));
      case 12 -> loose("twice at once", joined(whole, whole));
      case 13 -> loose("two in one", joined(whole, other.octets()));
      case 14 -> loose("body of one, head of the other", joined(Octets.of(whole).slice(0, head).toArray(), other.body().toArray()));
      default -> loose("bare line feeds", new String(whole, StandardCharsets.ISO_8859_1).replace("\r\n", "\n").getBytes(StandardCharsets.ISO_8859_1));
    };
  }

  private Mutant startLine(Message good, String method, String path, String version) {
    byte[] octets = rendered(method + " " + path + " " + version, good.lines(), good.body().toArray());
    return new Mutant("request line", octets, false, method.equals("HEAD"));
  }

  private Mutant line(Message good) {
    List<String> lines = good.lines();
    String more = any(LINES);
    lines.add(random.nextInt(lines.size() + 1), more);
    return loose("header " + more.lines().findFirst().orElse("").split(":")[0], rendered(good.method() + " " + good.path() + " HTTP/1.1", lines, good.body().toArray()));
  }

  private Mutant without(Message good) {
    List<String> lines = good.lines();
    String gone = lines.remove(random.nextInt(lines.size()));
    return loose("without " + gone, rendered(good.method() + " " + good.path() + " HTTP/1.1", lines, good.body().toArray()));
  }

  private Mutant many(Message good) {
    List<String> lines = good.lines();
    int count = 1 + random.nextInt(400);
    for (int i = 0; i < count; i++) {
      lines.add("X-" + i + ": " + "v".repeat(random.nextInt(64)));
    }
    return loose(count + " headers", rendered(good.method() + " " + good.path() + " HTTP/1.1", lines, good.body().toArray()));
  }

  private byte[] length(Message good) {
    int size = good.body().size();
    int[] lengths = {0, 1, size - 1, size + 1, size * 2, 64 * 1024, 64 * 1024 + 1, Integer.MAX_VALUE};
    List<String> lines = new ArrayList<>(List.of("Host: x"));
    lines.addAll(good.headers());
    lines.add("Content-Length: " + lengths[random.nextInt(lengths.length)]);
    return rendered(good.method() + " " + good.path() + " HTTP/1.1", lines, good.body().toArray());
  }

  private byte[] chunked(Message good) {
    List<String> lines = new ArrayList<>(List.of("Host: x"));
    lines.addAll(good.headers());
    lines.add("Transfer-Encoding: chunked");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] octets = good.body().toArray();
    String[] odd = {"-1", "0x10", "fffffffffffffffff", "g", "", " 5", "5;" + "e".repeat(9000), "5;a=\"b\"", "00000000000000000005", "7fffffff"};
    for (int at = 0; at < octets.length;) {
      int length = Math.min(octets.length - at, 1 + random.nextInt(400));
      String size = random.nextInt(12) == 0 ? any(odd) : Integer.toHexString(random.nextInt(12) == 0 ? length + 1 : length);
      body.writeBytes((size + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      body.write(octets, at, length);
      body.writeBytes((random.nextInt(20) == 0 ? "\n" : "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      at += length;
    }
    String[] ends = {"0\r\n\r\n", "0\r\nContent-Length: 4\r\n\r\n", "0\r\n" + "T: t\r\n".repeat(50) + "\r\n", "0\r\nbad\r\n\r\n", "", "0\r\n", "0\n\n"};
    body.writeBytes((random.nextBoolean() ? ends[0] : any(ends)).getBytes(StandardCharsets.ISO_8859_1));
    return rendered(good.method() + " " + good.path() + " HTTP/1.1", lines, body.toByteArray());
  }

  private static Mutant loose(String what, byte[] octets) {
    return new Mutant(what, octets, false, octets.length > 4 && new String(octets, 0, 5, StandardCharsets.ISO_8859_1).equals("HEAD "));
  }

  private static Mutant framed(String what, byte[] octets, boolean framed) {
    return new Mutant(what, octets, framed, false);
  }

  private String any(String[] of) {
    return of[random.nextInt(of.length)];
  }

  private static byte[] rendered(String start, List<String> lines, byte[] body) {
    String head = start + "\r\n" + String.join("\r\n", lines) + (lines.isEmpty() ? "\r\n" : "\r\n\r\n");
    return joined(head.getBytes(StandardCharsets.ISO_8859_1), body);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(first.length + second.length);
    all.writeBytes(first);
    all.writeBytes(second);
    return all.toByteArray();
  }
}
