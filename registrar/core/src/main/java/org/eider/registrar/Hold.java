package org.eider.registrar;

import java.time.Instant;

/**
 * Why a device waits for an operator.
 *
 * @param since when the first of its requests was held for this reason
 * @param rule the rule that held it, a constant's name
 * @param why one sentence for people
 */
public record Hold(Instant since, String rule, String why) {}
