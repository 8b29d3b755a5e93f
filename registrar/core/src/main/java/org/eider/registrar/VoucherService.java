package org.eider.registrar;

import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.voucher.VoucherArtifact;

/** Answers voucher requests of pledges (RFC 8995 sections 5.2 to 5.6), whatever they arrived by. */
public interface VoucherService {
  /** The voucher for this pledge, verified and recorded; or a deferral or refusal with a {@link VoucherReason}. Blocks. */
  Outcome<VoucherArtifact> request(ClientSession session, VoucherArtifact request);
}
