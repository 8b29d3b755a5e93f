package org.eider.registrar.store;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eider.pki.Certificates;
import org.eider.pki.MasaUri;
import org.eider.pki.SerialNumberProfile;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Journal.RowName;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.ManufacturerChanges;
import org.eider.registrar.ManufacturerStore;
import org.eider.voucher.SidRevision;
import org.eider.wire.DecodeException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Manufacturers, one row each, and the lists of expected devices. */
final class SqlManufacturerStore implements ManufacturerStore {
  private static final String UPDATE = """
      UPDATE manufacturers
      SET idevid_anchors = :idevid_anchors, masa = :masa, allowed_masa_hosts = :allowed_masa_hosts,
        masa_tls_anchors = :masa_tls_anchors, voucher_anchors = :voucher_anchors, admission = :admission,
        serial_numbers = :serial_numbers, ignore_idevid_validity = :ignore_idevid_validity,
        audit_policy = :audit_policy, released_domains = :released_domains, sid_revision = :sid_revision
      WHERE name = :name
      """;
  private static final String INSERT = """
      INSERT INTO manufacturers (name, idevid_anchors, masa, allowed_masa_hosts, masa_tls_anchors, voucher_anchors, admission,
        serial_numbers, ignore_idevid_validity, audit_policy, released_domains, sid_revision)
      VALUES (:name, :idevid_anchors, :masa, :allowed_masa_hosts, :masa_tls_anchors, :voucher_anchors, :admission,
        :serial_numbers, :ignore_idevid_validity, :audit_policy, :released_domains, :sid_revision)
      ON CONFLICT DO NOTHING
      """;
  private static final String EXPECT = """
      INSERT INTO expected_devices (manufacturer, serial_number, list_id) VALUES (:manufacturer, :serial_number, :list_id)
      ON CONFLICT DO NOTHING
      """;
  private static final String IS_EXPECTED = """
      SELECT count(*) FROM expected_devices WHERE manufacturer = :manufacturer AND serial_number = :serial_number
      """;
  private static final String ONE = "SELECT * FROM manufacturers WHERE name = :name";
  private static final int BATCH = 1000;

  private final Transactions transactions;
  private final InstantSource clock;

  SqlManufacturerStore(Transactions transactions, InstantSource clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  @Override
  public void put(Manufacturer manufacturer, String by) {
    transactions.write(Step.MANUFACTURER_PUT, "record a manufacturer", writing -> {
      Handle handle = writing.handle();
      List<String> changes = ManufacturerChanges.between(one(handle, manufacturer.name()), manufacturer);
      boolean done = run(handle, UPDATE, manufacturer) == 1 || run(handle, INSERT, manufacturer) == 1
          || run(handle, UPDATE, manufacturer) == 1;
      byte[] digest = handle.createQuery(ONE).bind("name", manufacturer.name()).map((row, context) -> Table.MANUFACTURERS.digest(row)).one();
      Draft.changes(clock.instant(), Step.MANUFACTURER_PUT, by, manufacturer.name(), changes, name(manufacturer.name()), digest)
          .forEach(writing::entry);
      return done;
    });
  }

  @Override
  public boolean remove(String name, String by) {
    return transactions.write(Step.MANUFACTURER_REMOVED, "remove a manufacturer", writing -> {
      Handle handle = writing.handle();
      int listed = handle.createUpdate("DELETE FROM expected_devices WHERE manufacturer = :name").bind("name", name).execute();
      int lists = handle.createUpdate("DELETE FROM expected_lists WHERE manufacturer = :name").bind("name", name).execute();
      boolean removed = handle.createUpdate("DELETE FROM manufacturers WHERE name = :name").bind("name", name).execute() == 1;
      if (removed || lists > 0) {
        Draft.changes(clock.instant(), Step.MANUFACTURER_REMOVED, by, name, List.of("removed with " + listed + " expected devices"),
            name(name), Canonical.of("eider.row").sha256()).forEach(writing::entry);
      }
      return removed;
    });
  }

  @Override
  public Optional<Manufacturer> manufacturer(String name) {
    return transactions.read("find a manufacturer", handle -> one(handle, name));
  }

  @Override
  public List<Manufacturer> manufacturers() {
    return transactions.read("list manufacturers",
        handle -> handle.createQuery("SELECT * FROM manufacturers ORDER BY name").map((row, context) -> read(row)).list());
  }

  @Override
  public void expect(String manufacturer, Collection<String> serialNumbers, String by) {
    List<String> all = List.copyOf(serialNumbers);
    transactions.write(Step.DEVICES_EXPECTED, "list expected devices", writing -> {
      Instant now = clock.instant();
      long list = ExpectedLists.open(writing, manufacturer, now);
      List<String> added = new ArrayList<>();
      for (int from = 0; from < all.size(); from += BATCH) {
        added.addAll(expect(writing.handle(), manufacturer, list, all.subList(from, Math.min(from + BATCH, all.size()))));
      }
      ExpectedLists.close(writing, Step.DEVICES_EXPECTED, list, manufacturer, now, added, added.size() + " devices, by " + by);
      return all.size();
    });
  }

  /** Those of the serial numbers that were new. */
  private static List<String> expect(Handle handle, String manufacturer, long list, List<String> serialNumbers) {
    PreparedBatch batch = handle.prepareBatch(EXPECT);
    serialNumbers.forEach(serialNumber ->
        batch.bind("manufacturer", manufacturer).bind("serial_number", serialNumber).bind("list_id", list).add());
    int[] rows = batch.execute();
    return IntStream.range(0, rows.length).filter(i -> rows[i] == 1).mapToObj(serialNumbers::get).toList();
  }

  @Override
  public boolean isExpected(DeviceId device) {
    return transactions.read("find an expected device", handle -> handle.createQuery(IS_EXPECTED)
        .bind("manufacturer", device.manufacturer())
        .bind("serial_number", device.serialNumber())
        .mapTo(Long.class)
        .one()) > 0;
  }

  private static RowName name(String manufacturer) {
    return new RowName(Table.MANUFACTURERS.label(), manufacturer);
  }

  private static int run(Handle handle, String sql, Manufacturer manufacturer) {
    return handle.createUpdate(sql)
        .bind("name", manufacturer.name())
        .bind("idevid_anchors", Certificates.pem(manufacturer.idevidAnchors()))
        .bind("masa", manufacturer.masa().map(uri -> uri.base().toString()).orElse(null))
        .bind("allowed_masa_hosts", String.join("\n", new TreeSet<>(manufacturer.allowedMasaHosts())))
        .bind("masa_tls_anchors", manufacturer.masaTlsAnchors().isEmpty() ? null : Certificates.pem(manufacturer.masaTlsAnchors()))
        .bind("voucher_anchors", Certificates.pem(manufacturer.voucherAnchors()))
        .bind("admission", manufacturer.admission().name())
        .bind("serial_numbers", manufacturer.serialNumbers().name())
        .bind("ignore_idevid_validity", manufacturer.ignoreIdevidValidity())
        .bind("audit_policy", AuditPolicyColumns.dispositions(manufacturer.auditPolicy()))
        .bind("released_domains", AuditPolicyColumns.releasedDomains(manufacturer.auditPolicy()))
        .bind("sid_revision", Optional.of(manufacturer.sidRevision()).filter(sids -> sids != SidRevision.newest()).map(Enum::name).orElse(null))
        .execute();
  }

  private static Optional<Manufacturer> one(Handle handle, String name) {
    return handle.createQuery(ONE).bind("name", name).map((row, context) -> read(row)).findOne();
  }

  private static Manufacturer read(ResultSet row) throws SQLException {
    return new Manufacturer(
        row.getString("name"),
        anchors(row, "idevid_anchors"),
        Columns.text(row, "masa").map(uri -> new MasaUri(URI.create(uri))),
        hosts(row.getString("allowed_masa_hosts")),
        anchors(row, "masa_tls_anchors"),
        anchors(row, "voucher_anchors"),
        Columns.name(row, "admission", Manufacturer.Admission.class),
        Columns.name(row, "serial_numbers", SerialNumberProfile.class),
        row.getBoolean("ignore_idevid_validity"),
        AuditPolicyColumns.read(row),
        Columns.optionalName(row, "sid_revision", SidRevision.class).orElse(SidRevision.newest()));
  }

  private static Set<String> hosts(String lines) {
    return lines.lines().collect(Collectors.toUnmodifiableSet());
  }

  private static List<X509Certificate> anchors(ResultSet row, String column) throws SQLException {
    String pem = row.getString(column);
    try {
      return pem == null ? List.of() : Certificates.parsePem(pem);
    } catch (DecodeException e) {
      throw new SQLException("column " + column + " holds no certificates", e);
    }
  }
}
