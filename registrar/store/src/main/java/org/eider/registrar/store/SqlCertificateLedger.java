package org.eider.registrar.store;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.eider.registrar.CertificateLedger;
import org.eider.registrar.Device;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Fact;
import org.eider.registrar.IssuedCertificate;
import org.eider.registrar.Journal.RowName;
import org.eider.registrar.Journal.Step;

/** Certificates under a unique key on their serial number. */
final class SqlCertificateLedger implements CertificateLedger {
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
  public Recorded record(IssuedCertificate certificate, List<? extends Fact> facts, Predicate<Optional<Device>> still) {
    List<Fact> all = List.copyOf(facts);
    return transactions.log(Step.CERTIFICATE_ISSUED, "record a certificate", writing -> {
      if (!still.test(certificate.device().flatMap(id -> SqlDeviceLedger.one(writing.handle(), id)))) {
        return Recorded.DEVICE_CHANGED;
      }
      if (!insert(writing, certificate, all.stream().findFirst().flatMap(Draft::sessionOf))) {
        return Recorded.SERIAL_USED;
      }
      if (!all.isEmpty()) {
        SqlDeviceLedger.appendIn(writing, all);
      }
      return Recorded.YES;
    });
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

  private static boolean insert(Writing writing, IssuedCertificate certificate, Optional<String> session) throws SQLException {
    Object[] values = {
        Columns.serial(certificate.serial()), certificate.certificate().toArray(), certificate.purpose().name(),
        Columns.millis(certificate.at()), Columns.millis(certificate.notAfter()),
        certificate.device().map(DeviceId::manufacturer).orElse(null), certificate.device().map(DeviceId::serialNumber).orElse(null)};
    OptionalLong number = writing.insertIfNew(Table.CERTIFICATES, values);
    if (number.isPresent()) {
      String id = Long.toString(number.getAsLong());
      writing.entry(Draft.certificate(
          certificate, session, new RowName(Table.CERTIFICATES.label(), id), Table.CERTIFICATES.digest(id, values)));
    }
    return number.isPresent();
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
