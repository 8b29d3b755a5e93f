package org.eider.registrar;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.eider.est.Refusal;
import org.eider.voucher.VoucherArtifact;

/** The exchange with a MASA that one voucher request takes, as the {@link MasaDesk} runs it: one thread at a time, maybe several. */
interface MasaErrand {
  /**
   * A voucher that may be handed out: verified, and recorded.
   *
   * @param session id of the session whose request it was made for, and under which it is recorded
   */
  record Answer(VoucherArtifact voucher, Optional<Instant> expiresOn, String session) {}

  /** What came of one attempt. */
  sealed interface Result {}

  /** The voucher. */
  record Done(Answer answer) implements Result {}

  /** No, for good. */
  record Refused(Refusal refusal) implements Result {}

  /** Somebody else than the MASA has to decide first; the next request begins anew. */
  record Held(Duration retryAfter) implements Result {}

  /**
   * The MASA could not be asked, or has not decided.
   *
   * @param trouble what the pledge is told in the end, if nothing changes
   * @param retryAfter when the MASA wants to be asked again, if it said so
   */
  record Again(Refusal trouble, Optional<Duration> retryAfter) implements Result {}

  /** Records that the request goes to the MASA; called once, before the first attempt and before anything is answered. */
  void begin();

  /** One attempt; blocks as long as the MASA takes. What it grants or refuses, it has recorded. */
  Result attempt();

  /** Tells that the device waits for its MASA; called after each attempt, counted from 1, that is repeated after {@code pause}. */
  void hold(Refusal trouble, int attempt, Duration pause);

  /** Records the refusal after the last of too many attempts. */
  void giveUp(Refusal trouble);
}
