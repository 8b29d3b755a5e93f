package org.eider.voucher;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Every leaf of ietf-voucher and ietf-voucher-request (RFC 8366bis, revision 2025-12-18), one row each. Every encoding walks this
 * table; the SIDs are those of the {@code .sid} files, zero where a module lacks the leaf.
 */
enum Leaf {
  ASSERTION("assertion", 2452, 2502, LeafType.ASSERTION, Use.BOTH),
  CREATED_ON("created-on", 2453, 2503, LeafType.DATE, Use.BOTH),
  DOMAIN_CERT_REVOCATION_CHECKS("domain-cert-revocation-checks", 2454, 2504, LeafType.BOOLEAN, Use.VOUCHER),
  EXPIRES_ON("expires-on", 2455, 2505, LeafType.DATE, Use.BOTH),
  IDEVID_ISSUER("idevid-issuer", 2456, 2506, LeafType.LENIENT_BINARY, Use.BOTH),
  LAST_RENEWAL_DATE("last-renewal-date", 2457, 2507, LeafType.DATE, Use.VOUCHER),
  NONCE("nonce", 2458, 2508, LeafType.NONCE, Use.BOTH),
  PINNED_DOMAIN_CERT("pinned-domain-cert", 2459, 2509, LeafType.BINARY, Use.VOUCHER),
  PINNED_DOMAIN_PUBK("pinned-domain-pubk", 2460, 2518, LeafType.BINARY, Use.VOUCHER),
  PINNED_DOMAIN_PUBK_SHA256("pinned-domain-pubk-sha256", 2461, 2519, LeafType.BINARY, Use.VOUCHER),
  SERIAL_NUMBER("serial-number", 2462, 2514, LeafType.TEXT, Use.BOTH),
  ADDITIONAL_CONFIGURATION_URL("additional-configuration-url", 2463, 2520, LeafType.URI, Use.VOUCHER),
  EST_DOMAIN("est-domain", 2464, 2521, LeafType.URI, Use.VOUCHER),
  MANUFACTURER_PROPRIETARY("manufacturer-proprietary", 2465, 2523, LeafType.BINARY, Use.NONE),
  EXTENSIONS("extensions", 2466, 2522, LeafType.TEXT, Use.NONE),
  PRIOR_SIGNED_VOUCHER_REQUEST("prior-signed-voucher-request", 0, 2510, LeafType.BINARY, Use.REQUEST),
  PROXIMITY_REGISTRAR_CERT("proximity-registrar-cert", 0, 2511, LeafType.BINARY, Use.REQUEST),
  PROXIMITY_REGISTRAR_PUBK_SHA256("proximity-registrar-pubk-sha256", 0, 2512, LeafType.BINARY, Use.REQUEST),
  PROXIMITY_REGISTRAR_PUBK("proximity-registrar-pubk", 0, 2513, LeafType.BINARY, Use.REQUEST),
  AGENT_PROVIDED_PROXIMITY_REGISTRAR_CERT("agent-provided-proximity-registrar-cert", 0, 2515, LeafType.BINARY, Use.NONE),
  AGENT_SIGN_CERT("agent-sign-cert", 0, 2516, LeafType.BINARY, Use.NONE),
  AGENT_SIGNED_DATA("agent-signed-data", 0, 2517, LeafType.BINARY, Use.NONE);

  /** In which of our values a leaf is kept; elsewhere it is ignored like an unknown one. */
  private enum Use {
    BOTH, VOUCHER, REQUEST, NONE
  }

  private final String label;
  private final int voucherSid;
  private final int requestSid;
  private final LeafType type;
  private final Use use;

  Leaf(String label, int voucherSid, int requestSid, LeafType type, Use use) {
    this.label = label;
    this.voucherSid = voucherSid;
    this.requestSid = requestSid;
    this.type = type;
    this.use = use;
  }

  /** The name in YANG and JSON. */
  String label() {
    return label;
  }

  LeafType type() {
    return type;
  }

  OptionalInt sid(Module module) {
    int sid = switch (module) {
      case VOUCHER -> voucherSid;
      case REQUEST -> requestSid;
    };
    return sid == 0 ? OptionalInt.empty() : OptionalInt.of(sid);
  }

  /** Whether values of that module keep this leaf. */
  boolean isKeptIn(Module module) {
    return use == Use.BOTH || use == switch (module) {
      case VOUCHER -> Use.VOUCHER;
      case REQUEST -> Use.REQUEST;
    };
  }

  static Optional<Leaf> ofLabel(String label) {
    for (Leaf leaf : values()) {
      if (leaf.label.equals(label)) {
        return Optional.of(leaf);
      }
    }
    return Optional.empty();
  }

  /** The two YANG modules. */
  enum Module {
    VOUCHER("ietf-voucher:voucher", 2451),
    REQUEST("ietf-voucher-request:voucher", 2501);

    private final String container;
    private final int containerSid;

    Module(String container, int containerSid) {
      this.container = container;
      this.containerSid = containerSid;
    }

    /** The one top-level member. */
    String container() {
      return container;
    }

    /** The module's own name. */
    String moduleName() {
      return container.substring(0, container.indexOf(':'));
    }

    int containerSid() {
      return containerSid;
    }
  }
}
