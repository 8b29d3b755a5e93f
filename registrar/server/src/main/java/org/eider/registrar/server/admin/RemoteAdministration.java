package org.eider.registrar.server.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Manufacturer;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** Over the admin port of a registrar that runs. */
public final class RemoteAdministration implements Administration {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int READ_MILLIS = 30_000;
  /** For what reads or copies the whole store. */
  private static final int LONG_READ_MILLIS = 3_600_000;
  private static final int MAX_ANSWER = 64 * 1024 * 1024;
  /** So that a request stays below {@link AdminRoutes#MAX_BODY} whatever the serial numbers are. */
  private static final int SERIALS_PER_REQUEST = 250;

  private final int port;
  private final String token;

  /** The registrar whose admin port is {@code port} on loopback. */
  public RemoteAdministration(int port, String token) {
    this.port = port;
    this.token = token;
  }

  /** Whether that registrar answers, and to this token. */
  public boolean isLive() {
    try {
      return ask("GET", "/admin/live", Octets.empty()).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public List<DeviceView> devices(Optional<DeviceId> after, int limit) throws IOException {
    String from = after
        .map(id -> "&after-manufacturer=" + encoded(id.manufacturer()) + "&after-serial=" + encoded(id.serialNumber())).orElse("");
    return AdminJson.decodeList(good("GET", "/admin/devices?limit=" + limit + from, Octets.empty()), DeviceView.class);
  }

  @Override
  public List<DeviceView> devices(String serialNumber) throws IOException {
    return AdminJson.decodeList(good("GET", "/admin/devices?serial=" + encoded(serialNumber), Octets.empty()), DeviceView.class);
  }

  @Override
  public Optional<DeviceReport> device(DeviceId id) throws IOException {
    Answer answer = ask("GET", "/admin/device?" + which(id), Octets.empty());
    return answer.status() == 404 ? Optional.empty() : Optional.of(AdminJson.decode(answer.good(), DeviceReport.class));
  }

  @Override
  public List<DeviceView> held(int limit) throws IOException {
    return AdminJson.decodeList(good("GET", "/admin/held?limit=" + limit, Octets.empty()), DeviceView.class);
  }

  @Override
  public Optional<DeviceView> decide(DecisionForm decision) throws IOException {
    Answer answer = ask("POST", "/admin/decisions", AdminJson.encode(decision));
    return answer.status() == 404 ? Optional.empty() : Optional.of(AdminJson.decode(answer.good(), DeviceView.class));
  }

  @Override
  public Optional<PolicyReport> policy(DeviceId id) throws IOException {
    Answer answer = ask("GET", "/admin/policy?" + which(id), Octets.empty());
    return answer.status() == 404 ? Optional.empty() : Optional.of(AdminJson.decode(answer.good(), PolicyReport.class));
  }

  @Override
  public long journalHead() throws IOException {
    return AdminJson.decode(good("GET", "/admin/journal/head", Octets.empty()), AdminRoutes.JournalHead.class).entries();
  }

  @Override
  public List<JournalView> journal(long after, int limit) throws IOException {
    return AdminJson.decodeList(good("GET", "/admin/journal?after=" + after + "&limit=" + limit, Octets.empty()), JournalView.class);
  }

  @Override
  public List<JournalView> journalOf(DeviceId id, int limit) throws IOException {
    return AdminJson.decodeList(good("GET", "/admin/journal?limit=" + limit + "&" + which(id), Octets.empty()), JournalView.class);
  }

  @Override
  public JournalReport verifyJournal() throws IOException {
    return AdminJson.decode(ask("GET", "/admin/journal/verify", Octets.empty(), LONG_READ_MILLIS).good(), JournalReport.class);
  }

  @Override
  public BackupView backup(Path file) throws IOException {
    Answer answer = ask("POST", "/admin/backup", AdminJson.encode(new AdminRoutes.BackupRequest(file.toString())), LONG_READ_MILLIS);
    if (answer.status() == 409) {
      AdminRoutes.Refused refused = AdminJson.decode(answer.body(), AdminRoutes.Refused.class);
      throw new RefusedException(refused.message(), refused.hint());
    }
    return AdminJson.decode(answer.good(), BackupView.class);
  }

  @Override
  public List<Manufacturer> manufacturers() throws IOException {
    List<Manufacturer> manufacturers = new ArrayList<>();
    for (ManufacturerForm form : AdminJson.decodeList(good("GET", "/admin/manufacturers", Octets.empty()), ManufacturerForm.class)) {
      manufacturers.add(manufacturer(form));
    }
    return manufacturers;
  }

  @Override
  public boolean put(Manufacturer manufacturer, String by) throws IOException {
    Octets answer = good("POST", "/admin/manufacturers?by=" + encoded(by), AdminJson.encode(ManufacturerForm.of(manufacturer)));
    return Boolean.TRUE.equals(AdminJson.decode(answer, Map.class).get("added"));
  }

  @Override
  public boolean remove(String manufacturer, String by) throws IOException {
    Answer answer = ask("DELETE", "/admin/manufacturers?name=" + encoded(manufacturer) + "&by=" + encoded(by), Octets.empty());
    return answer.status() != 404 && !answer.good().isEmpty();
  }

  @Override
  public boolean expect(String manufacturer, List<String> serialNumbers, String by) throws IOException {
    for (int from = 0; from == 0 || from < serialNumbers.size(); from += SERIALS_PER_REQUEST) {
      List<String> some = serialNumbers.subList(from, Math.min(from + SERIALS_PER_REQUEST, serialNumbers.size()));
      Answer answer = ask("POST", "/admin/expected?by=" + encoded(by), AdminJson.encode(new AdminRoutes.Expected(manufacturer, some)));
      if (answer.status() == 404) {
        return false;
      }
      answer.good();
    }
    return true;
  }

  @Override
  public void close() {}

  private record Answer(int status, Octets body) {
    Octets good() throws IOException {
      if (status != 200) {
        throw new IOException("the registrar answers with " + status + ": " + body.utf8().strip());
      }
      return body;
    }
  }

  private Octets good(String method, String path, Octets body) throws IOException {
    return ask(method, path, body).good();
  }

  private static String which(DeviceId id) {
    return "manufacturer=" + encoded(id.manufacturer()) + "&serial=" + encoded(id.serialNumber());
  }

  private Answer ask(String method, String path, Octets body) throws IOException {
    return ask(method, path, body, READ_MILLIS);
  }

  private Answer ask(String method, String path, Octets body, int readMillis) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection(Proxy.NO_PROXY);
    connection.setRequestMethod(method);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(readMillis);
    connection.setInstanceFollowRedirects(false);
    connection.setRequestProperty("Authorization", "Bearer " + token);
    if (!body.isEmpty()) {
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(body.size());
      connection.setRequestProperty("Content-Type", "application/json");
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body.toArray());
      }
    }
    int status = connection.getResponseCode();
    try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return new Answer(status, in == null ? Octets.empty() : Octets.of(in.readNBytes(MAX_ANSWER)));
    }
  }

  private static Manufacturer manufacturer(ManufacturerForm form) throws IOException {
    try {
      return form.manufacturer();
    } catch (DecodeException e) {
      throw new IOException("the registrar answers with an unusable manufacturer: " + e.getMessage(), e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
