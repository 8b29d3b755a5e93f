package org.eider.pledge;

import java.time.Duration;
import org.eider.est.Refusal;
import org.eider.voucher.VoucherArtifact;

/** What a registrar answers to a voucher request. */
public sealed interface VoucherReply {
  /** A voucher, not yet believed. */
  record Issued(VoucherArtifact voucher) implements VoucherReply {}

  /** Not yet: repeat the identical request after {@code delay}. */
  record Later(Duration delay) implements VoucherReply {}

  /** Ask there. */
  record Elsewhere(RegistrarAddress registrar) implements VoucherReply {}

  /** No. */
  record Denied(Refusal refusal) implements VoucherReply {}
}
