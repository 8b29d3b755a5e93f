package org.eider.registrar.server.admin;

import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eider.est.http.Headers;
import org.eider.est.http.HttpHandler;
import org.eider.est.http.HttpRequest;
import org.eider.est.http.HttpResponse;
import org.eider.est.http.Routes;
import org.eider.registrar.DeviceId;
import org.eider.registrar.StoreBusyException;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/**
 * The admin port. Every request carries the token as {@code Authorization: Bearer}, except {@code GET /health/live}, which tells nothing
 * but that the process answers, {@code GET /health/ready}, which names what is missing, and {@code GET /metrics} where the operator
 * wants it so; every request names a loopback host, so that no web page can have its name resolved to us.
 */
public final class AdminRoutes {
  /** Greatest body that is read, in octets. */
  static final int MAX_BODY = 256 * 1024;
  private static final int MAX_SMALL_BODY = 16 * 1024;
  private static final int MAX_SERIAL = 128;

  private final Administration administration;

  private AdminRoutes(Administration administration) {
    this.administration = administration;
  }

  /** The routes to {@code administration} for who has {@code token}, and to what a monitor asks. */
  public static Routes of(Administration administration, String token, Monitoring monitoring) {
    AdminRoutes admin = new AdminRoutes(administration);
    AdminGuard guard = new AdminGuard(token);
    return Routes.builder()
        .on("GET", "/health/live", 0, guard.onLoopback(request -> ok(Map.of("status", "live"))))
        .on("GET", "/health/ready", 0, guard.onLoopback(request -> readiness(monitoring.missing())))
        .on("GET", "/metrics", 0, monitoring.isOpen()
            ? guard.onLoopback(request -> metrics(monitoring))
            : guard.withToken(request -> metrics(monitoring)))
        .on("GET", "/admin/live", 0, guard.withToken(request -> ok(Map.of("status", "live"))))
        .on("GET", "/admin/devices", 0, guard.withToken(guarded(admin::devices)))
        .on("GET", "/admin/device", 0, guard.withToken(guarded(admin::device)))
        .on("GET", "/admin/held", 0, guard.withToken(guarded(admin::held)))
        .on("POST", "/admin/decisions", MAX_SMALL_BODY, guard.withToken(guarded(admin::decide)))
        .on("GET", "/admin/policy", 0, guard.withToken(guarded(admin::policy)))
        .on("GET", "/admin/journal", 0, guard.withToken(guarded(admin::journal)))
        .on("GET", "/admin/journal/head", 0, guard.withToken(guarded(request -> ok(new JournalHead(administration.journalHead())))))
        .on("GET", "/admin/journal/verify", 0, guard.withToken(guarded(request -> ok(administration.verifyJournal()))))
        .on("POST", "/admin/backup", MAX_SMALL_BODY, guard.withToken(guarded(admin::backup)))
        .on("GET", "/admin/manufacturers", 0, guard.withToken(guarded(admin::manufacturers)))
        .on("POST", "/admin/manufacturers", MAX_BODY, guard.withToken(guarded(admin::put)))
        .on("DELETE", "/admin/manufacturers", 0, guard.withToken(guarded(admin::remove)))
        .on("POST", "/admin/expected", MAX_BODY, guard.withToken(guarded(admin::expect)))
        .build();
  }

  private static HttpResponse readiness(List<String> missing) {
    if (missing.isEmpty()) {
      return ok(Map.of("status", "ready"));
    }
    HttpResponse body = ok(new TreeMap<>(Map.of("status", "not ready", "missing", missing)));
    return new HttpResponse(503, body.headers(), body.body(), false).noted("NOT_READY", "missing: " + String.join(", ", missing));
  }

  private static HttpResponse metrics(Monitoring monitoring) {
    return new HttpResponse(200, Headers.of(Map.of("content-type", monitoring.mediaType(), "cache-control", "no-store")),
        Octets.utf8(monitoring.scrape()), false);
  }

  private HttpResponse devices(HttpRequest request) throws IOException, DecodeException {
    Map<String, String> query = query(request);
    if (query.containsKey("serial")) {
      return ok(administration.devices(query.get("serial")));
    }
    return ok(administration.devices(id(query, "after-manufacturer", "after-serial"), limit(query)));
  }

  private HttpResponse device(HttpRequest request) throws IOException, DecodeException {
    Optional<DeviceId> id = id(query(request), "manufacturer", "serial");
    Optional<DeviceReport> report = id.isPresent() ? administration.device(id.get()) : Optional.empty();
    return report.map(AdminRoutes::ok).orElseGet(() -> HttpResponse.text(404, "no such device"));
  }

  private HttpResponse held(HttpRequest request) throws IOException, DecodeException {
    return ok(administration.held(limit(query(request))));
  }

  private HttpResponse decide(HttpRequest request) throws IOException, DecodeException {
    Optional<DeviceView> device = administration.decide(body(request, DecisionForm.class));
    return device.map(AdminRoutes::ok).orElseGet(() -> HttpResponse.text(404, "no such device, and no such manufacturer"));
  }

  private HttpResponse policy(HttpRequest request) throws IOException, DecodeException {
    Optional<DeviceId> id = id(query(request), "manufacturer", "serial");
    Optional<PolicyReport> report = id.isPresent() ? administration.policy(id.get()) : Optional.empty();
    return report.map(AdminRoutes::ok).orElseGet(() -> HttpResponse.text(404, "no such device, and no such manufacturer"));
  }

  private HttpResponse journal(HttpRequest request) throws IOException, DecodeException {
    Map<String, String> query = query(request);
    Optional<DeviceId> id = id(query, "manufacturer", "serial");
    return ok(id.isPresent() ? administration.journalOf(id.get(), limit(query)) : administration.journal(after(query), limit(query)));
  }

  private HttpResponse backup(HttpRequest request) throws IOException, DecodeException {
    Path file = path(body(request, BackupRequest.class).file());
    try {
      return ok(administration.backup(file));
    } catch (RefusedException e) {
      HttpResponse answer = ok(new Refused(e.getMessage(), e.hint()));
      return new HttpResponse(409, answer.headers(), answer.body(), false).noted("BACKUP_FAILED", e.getMessage());
    }
  }

  /**
   * How far the journal goes.
   *
   * @param entries number of its last entry
   */
  record JournalHead(long entries) {}

  /**
   * The body of a request for a backup.
   *
   * @param file absolute path
   */
  record BackupRequest(String file) {}

  /**
   * Why something could not be done.
   *
   * @param message what went wrong
   * @param hint what to do about it
   */
  record Refused(String message, String hint) {}

  private HttpResponse manufacturers(HttpRequest request) throws IOException {
    return ok(administration.manufacturers().stream().map(ManufacturerForm::of).toList());
  }

  private HttpResponse put(HttpRequest request) throws IOException, DecodeException {
    return ok(Map.of("added", administration.put(body(request, ManufacturerForm.class).manufacturer(), by(request))));
  }

  private HttpResponse remove(HttpRequest request) throws IOException, DecodeException {
    return administration.remove(query(request).getOrDefault("name", ""), by(request)) ? ok(Map.of("removed", true)) : noManufacturer();
  }

  private HttpResponse expect(HttpRequest request) throws IOException, DecodeException {
    Expected expected = body(request, Expected.class);
    if (!expected.serials().stream().allMatch(serial -> !serial.isBlank() && serial.length() <= MAX_SERIAL)) {
      throw new DecodeException(DecodeException.Flaw.OUT_OF_RANGE, "serials", "a serial number has 1 to " + MAX_SERIAL + " characters");
    }
    boolean known = administration.expect(expected.manufacturer(), expected.serials(), by(request));
    return known ? ok(Map.of("expected", expected.serials().size())) : noManufacturer();
  }

  /**
   * The body of a request to expect devices.
   *
   * @param manufacturer its name
   * @param serials serial numbers
   */
  record Expected(String manufacturer, List<String> serials) {
    Expected {
      serials = List.copyOf(serials);
    }
  }

  private static HttpResponse noManufacturer() {
    return HttpResponse.text(404, "no such manufacturer");
  }

  private static HttpResponse ok(Object value) {
    return HttpResponse.ok(MediaType.JSON, AdminJson.encode(value)).with("cache-control", "no-store");
  }

  private static <T> T body(HttpRequest request, Class<T> type) throws DecodeException {
    try {
      return AdminJson.decode(request.body(), type);
    } catch (ValueInstantiationException e) {
      throw new DecodeException(DecodeException.Flaw.OUT_OF_RANGE, "body", e.getCause().getMessage(), e);
    } catch (IOException e) {
      throw new DecodeException(DecodeException.Flaw.WRONG_TYPE, "body", "not the JSON that this operation takes", e);
    }
  }

  private static Optional<DeviceId> id(Map<String, String> query, String manufacturer, String serial) {
    return query.containsKey(manufacturer) && query.containsKey(serial)
        ? Optional.of(new DeviceId(query.get(manufacturer), query.get(serial)))
        : Optional.empty();
  }

  /** Who asks, as whoever has the token says. */
  private static String by(HttpRequest request) throws DecodeException {
    return Operator.clean(query(request).getOrDefault("by", ""));
  }

  private static Path path(String text) throws DecodeException {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path.normalize();
      }
    } catch (InvalidPathException e) {
      throw new DecodeException(DecodeException.Flaw.WRONG_TYPE, "file", "no path", e);
    }
    throw new DecodeException(DecodeException.Flaw.OUT_OF_RANGE, "file", "no absolute path");
  }

  private static long after(Map<String, String> query) throws DecodeException {
    String text = query.getOrDefault("after", "0");
    if (!text.matches("[0-9]{1,18}")) {
      throw new DecodeException(DecodeException.Flaw.OUT_OF_RANGE, "after", "not the number of an entry");
    }
    return Long.parseLong(text);
  }

  private static int limit(Map<String, String> query) throws DecodeException {
    String text = query.getOrDefault("limit", Integer.toString(Administration.MAX_PAGE));
    if (!text.matches("[1-9][0-9]{0,5}")) {
      throw new DecodeException(DecodeException.Flaw.OUT_OF_RANGE, "limit", "not a positive number");
    }
    return Integer.parseInt(text);
  }

  private static Map<String, String> query(HttpRequest request) throws DecodeException {
    Map<String, String> values = new TreeMap<>();
    for (String pair : request.query().orElse("").split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(pair.substring(0, equals), decoded(pair.substring(equals + 1)));
      }
    }
    return values;
  }

  private static String decoded(String text) throws DecodeException {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new DecodeException(DecodeException.Flaw.WRONG_TYPE, "query", "not percent-encoded", e);
    }
  }

  /** A handler that may find its request malformed. */
  @FunctionalInterface
  private interface Operation {
    HttpResponse answer(HttpRequest request) throws IOException, DecodeException;
  }

  private static HttpHandler guarded(Operation operation) {
    return request -> {
      try {
        return operation.answer(request);
      } catch (DecodeException e) {
        return HttpResponse.text(400, e.getMessage()).noted("MALFORMED", e.getMessage());
      } catch (StoreBusyException e) {
        return HttpResponse.text(503, e.getMessage()).with("retry-after", "10").noted("STORE_BUSY", e.getMessage());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
