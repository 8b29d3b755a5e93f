package org.eider.registrar;

import java.util.List;
import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;

/** Answers voucher requests of pledges (RFC 8995 sections 5.2 to 5.6), whatever they arrived by. */
public interface VoucherService {
  /**
   * The voucher for this pledge, verified and recorded; or a deferral or refusal with a {@link VoucherReason}. Blocks.
   *
   * @param accepted formats that the pledge takes, at least one, the most wanted first
   */
  Outcome<VoucherArtifact> request(ClientSession session, VoucherArtifact request, List<VoucherFormat> accepted);

  /** The same for a pledge that takes any format. */
  default Outcome<VoucherArtifact> request(ClientSession session, VoucherArtifact request) {
    return request(session, request, List.of(VoucherFormat.values()));
  }
}
