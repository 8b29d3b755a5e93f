package org.eider.registrar;

/**
 * What was concluded from an audit log.
 *
 * @param disposition what becomes of the device
 * @param rule the rule that decided, a constant's name
 * @param why one sentence for people
 */
public record Judgement(Disposition disposition, String rule, String why) {}
