package org.eider.voucher;

import java.net.URI;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * The leaves of one voucher or request, by row of the table: what stands between the value types and the encodings. An encoding puts
 * objects of the Java type that {@link LeafType} names; it cannot put another.
 */
final class Leaves {
  private final Map<Leaf, Object> values = new EnumMap<>(Leaf.class);

  static Leaves of(Voucher voucher) {
    Leaves leaves = new Leaves();
    leaves.put(Leaf.SERIAL_NUMBER, voucher.serialNumber());
    leaves.put(Leaf.ASSERTION, voucher.assertion());
    leaves.put(Leaf.CREATED_ON, voucher.createdOn());
    leaves.put(Leaf.EXPIRES_ON, voucher.expiresOn());
    leaves.put(Leaf.LAST_RENEWAL_DATE, voucher.lastRenewalDate());
    leaves.put(Leaf.DOMAIN_CERT_REVOCATION_CHECKS, voucher.revocationChecks());
    leaves.put(Leaf.NONCE, voucher.nonce());
    leaves.put(Leaf.IDEVID_ISSUER, voucher.idevidIssuer());
    leaves.put(Leaf.PINNED_DOMAIN_CERT, voucher.pinnedDomainCert());
    leaves.put(Leaf.PINNED_DOMAIN_PUBK, voucher.pinnedDomainKey());
    leaves.put(Leaf.PINNED_DOMAIN_PUBK_SHA256, voucher.pinnedDomainKeySha256());
    leaves.put(Leaf.EST_DOMAIN, voucher.estDomain());
    leaves.put(Leaf.ADDITIONAL_CONFIGURATION_URL, voucher.additionalConfigurationUrl());
    return leaves;
  }

  static Leaves of(VoucherRequest request) {
    Leaves leaves = new Leaves();
    leaves.put(Leaf.SERIAL_NUMBER, request.serialNumber());
    leaves.put(Leaf.ASSERTION, request.assertion());
    leaves.put(Leaf.CREATED_ON, request.createdOn());
    leaves.put(Leaf.EXPIRES_ON, request.expiresOn());
    leaves.put(Leaf.NONCE, request.nonce());
    leaves.put(Leaf.IDEVID_ISSUER, request.idevidIssuer());
    leaves.put(Leaf.PROXIMITY_REGISTRAR_CERT, request.proximityRegistrarCert());
    leaves.put(Leaf.PROXIMITY_REGISTRAR_PUBK, request.proximityRegistrarKey());
    leaves.put(Leaf.PROXIMITY_REGISTRAR_PUBK_SHA256, request.proximityRegistrarKeySha256());
    leaves.put(Leaf.PRIOR_SIGNED_VOUCHER_REQUEST, request.priorSigned());
    return leaves;
  }

  Voucher voucher() throws DecodeException {
    return new Voucher(
        serialNumber(Leaf.Module.VOUCHER),
        value(Leaf.ASSERTION, Assertion.class),
        value(Leaf.CREATED_ON, Instant.class),
        value(Leaf.EXPIRES_ON, Instant.class),
        value(Leaf.LAST_RENEWAL_DATE, Instant.class),
        value(Leaf.DOMAIN_CERT_REVOCATION_CHECKS, Boolean.class),
        value(Leaf.NONCE, Nonce.class),
        value(Leaf.IDEVID_ISSUER, Octets.class),
        value(Leaf.PINNED_DOMAIN_CERT, Octets.class),
        value(Leaf.PINNED_DOMAIN_PUBK, Octets.class),
        value(Leaf.PINNED_DOMAIN_PUBK_SHA256, Octets.class),
        value(Leaf.EST_DOMAIN, URI.class),
        value(Leaf.ADDITIONAL_CONFIGURATION_URL, URI.class));
  }

  VoucherRequest request() throws DecodeException {
    return new VoucherRequest(
        serialNumber(Leaf.Module.REQUEST),
        value(Leaf.ASSERTION, Assertion.class),
        value(Leaf.CREATED_ON, Instant.class),
        value(Leaf.EXPIRES_ON, Instant.class),
        value(Leaf.NONCE, Nonce.class),
        value(Leaf.IDEVID_ISSUER, Octets.class),
        value(Leaf.PROXIMITY_REGISTRAR_CERT, Octets.class),
        value(Leaf.PROXIMITY_REGISTRAR_PUBK, Octets.class),
        value(Leaf.PROXIMITY_REGISTRAR_PUBK_SHA256, Octets.class),
        value(Leaf.PRIOR_SIGNED_VOUCHER_REQUEST, Octets.class));
  }

  void put(Leaf leaf, Object value) {
    values.put(leaf, value);
  }

  /** The leaves that there are, in the order of the table. */
  void forEach(BiConsumer<Leaf, Object> consumer) {
    values.forEach(consumer);
  }

  private void put(Leaf leaf, Optional<?> value) {
    Consumer<Object> put = present -> values.put(leaf, present);
    value.ifPresent(put);
  }

  private String serialNumber(Leaf.Module module) throws DecodeException {
    return value(Leaf.SERIAL_NUMBER, String.class).orElseThrow(() -> new DecodeException(
        Flaw.MISSING, module.container() + "/" + Leaf.SERIAL_NUMBER.label(), "the serial number is mandatory"));
  }

  private <T> Optional<T> value(Leaf leaf, Class<T> type) {
    return Optional.ofNullable(values.get(leaf)).map(type::cast);
  }
}
