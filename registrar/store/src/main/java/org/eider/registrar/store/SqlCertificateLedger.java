package org.eider.registrar.store;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.eider.registrar.CertificateLedger;
import org.eider.registrar.DeviceId;
import org.eider.registrar.IssuedCertificate;
import org.eider.registrar.Journal;

/** Certificates under a unique key on their serial number. */
final class SqlCertificateLedger implements CertificateLedger {
  private static final String INSERT = """
      INSERT INTO certificates (serial, certificate, purpose, signed_at, not_after, device_manufacturer, device_serial_number)
      VALUES (:serial, :certificate, :purpose, :signed_at, :not_after, :manufacturer, :serial_number)
      ON CONFLICT DO NOTHING
      """;
  private static final String ONE = "SELECT * FROM certificates WHERE serial = :serial";
  private static final String NEWEST = """
      SELECT * FROM certificates WHERE device_manufacturer = :manufacturer AND device_serial_number = :serial_number
      ORDER BY device_manufacturer DESC, device_serial_number DESC, id DESC LIMIT :limit
      """;

  private final Transactions transactions;

  SqlCertificateLedger(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public boolean record(IssuedCertificate certificate) {
    return transactions.write(Journal.Step.CERTIFICATE_ISSUED, "record a certificate", handle -> handle.createUpdate(INSERT)
        .bind("serial", Columns.serial(certificate.serial()))
        .bind("certificate", certificate.certificate().toArray())
        .bind("purpose", certificate.purpose().name())
        .bind("signed_at", Columns.millis(certificate.at()))
        .bind("not_after", Columns.millis(certificate.notAfter()))
        .bind("manufacturer", certificate.device().map(DeviceId::manufacturer).orElse(null))
        .bind("serial_number", certificate.device().map(DeviceId::serialNumber).orElse(null))
        .execute()) == 1;
  }

  @Override
  public Optional<IssuedCertificate> certificate(BigInteger serial) {
    return transactions.read("find a certificate", handle -> handle.createQuery(ONE)
        .bind("serial", Columns.serial(serial))
        .map((row, context) -> read(row))
        .findOne());
  }

  @Override
  public List<IssuedCertificate> ofDevice(DeviceId device, int limit) {
    return transactions.read("find certificates", handle -> handle.createQuery(NEWEST)
        .bind("manufacturer", device.manufacturer())
        .bind("serial_number", device.serialNumber())
        .bind("limit", limit)
        .map((row, context) -> read(row))
        .list());
  }

  @Override
  public long count() {
    return transactions.read("count certificates",
        handle -> handle.createQuery("SELECT count(*) FROM certificates").mapTo(Long.class).one());
  }

  private static IssuedCertificate read(ResultSet row) throws SQLException {
    Optional<String> serialNumber = Columns.text(row, "device_serial_number");
    return new IssuedCertificate(
        Columns.serial(row, "serial").orElseThrow(),
        Columns.octets(row, "certificate"),
        Columns.name(row, "purpose", IssuedCertificate.Purpose.class),
        Columns.instant(row, "signed_at"),
        Columns.instant(row, "not_after"),
        Columns.text(row, "device_manufacturer").flatMap(name -> serialNumber.map(number -> new DeviceId(name, number))));
  }
}
