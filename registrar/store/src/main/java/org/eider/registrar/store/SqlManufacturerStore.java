package org.eider.registrar.store;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eider.pki.Certificates;
import org.eider.pki.MasaUri;
import org.eider.pki.SerialNumberProfile;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Journal;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.ManufacturerStore;
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
        audit_policy = :audit_policy, released_domains = :released_domains
      WHERE name = :name
      """;
  private static final String INSERT = """
      INSERT INTO manufacturers (name, idevid_anchors, masa, allowed_masa_hosts, masa_tls_anchors, voucher_anchors, admission,
        serial_numbers, ignore_idevid_validity, audit_policy, released_domains)
      VALUES (:name, :idevid_anchors, :masa, :allowed_masa_hosts, :masa_tls_anchors, :voucher_anchors, :admission,
        :serial_numbers, :ignore_idevid_validity, :audit_policy, :released_domains)
      ON CONFLICT DO NOTHING
      """;
  private static final String EXPECT = """
      INSERT INTO expected_devices (manufacturer, serial_number) VALUES (:manufacturer, :serial_number) ON CONFLICT DO NOTHING
      """;
  private static final String IS_EXPECTED = """
      SELECT count(*) FROM expected_devices WHERE manufacturer = :manufacturer AND serial_number = :serial_number
      """;
  private static final int BATCH = 1000;

  private final Transactions transactions;

  SqlManufacturerStore(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public void put(Manufacturer manufacturer) {
    transactions.write(Journal.Step.MANUFACTURER_PUT, "record a manufacturer", handle -> {
      int rows = run(handle, UPDATE, manufacturer);
      return rows == 1 || run(handle, INSERT, manufacturer) == 1 || run(handle, UPDATE, manufacturer) == 1;
    });
  }

  @Override
  public boolean remove(String name) {
    return transactions.write(Journal.Step.MANUFACTURER_REMOVED, "remove a manufacturer", handle -> {
      handle.createUpdate("DELETE FROM expected_devices WHERE manufacturer = :name").bind("name", name).execute();
      return handle.createUpdate("DELETE FROM manufacturers WHERE name = :name").bind("name", name).execute() == 1;
    });
  }

  @Override
  public Optional<Manufacturer> manufacturer(String name) {
    return transactions.read("find a manufacturer", handle -> handle.createQuery("SELECT * FROM manufacturers WHERE name = :name")
        .bind("name", name)
        .map((row, context) -> read(row))
        .findOne());
  }

  @Override
  public List<Manufacturer> manufacturers() {
    return transactions.read("list manufacturers",
        handle -> handle.createQuery("SELECT * FROM manufacturers ORDER BY name").map((row, context) -> read(row)).list());
  }

  @Override
  public void expect(String manufacturer, Collection<String> serialNumbers) {
    List<String> all = List.copyOf(serialNumbers);
    transactions.write(Journal.Step.DEVICES_EXPECTED, "list expected devices", handle -> {
      for (int from = 0; from < all.size(); from += BATCH) {
        PreparedBatch batch = handle.prepareBatch(EXPECT);
        all.subList(from, Math.min(from + BATCH, all.size()))
            .forEach(serialNumber -> batch.bind("manufacturer", manufacturer).bind("serial_number", serialNumber).add());
        batch.execute();
      }
      return all.size();
    });
  }

  @Override
  public boolean isExpected(DeviceId device) {
    return transactions.read("find an expected device", handle -> handle.createQuery(IS_EXPECTED)
        .bind("manufacturer", device.manufacturer())
        .bind("serial_number", device.serialNumber())
        .mapTo(Long.class)
        .one()) > 0;
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
        .execute();
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
        AuditPolicyColumns.read(row));
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
