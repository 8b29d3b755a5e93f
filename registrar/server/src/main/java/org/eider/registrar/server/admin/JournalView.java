package org.eider.registrar.server.admin;

import java.time.Instant;
import java.util.Optional;
import org.eider.registrar.Journal;

/**
 * An entry of the journal; hashes in hexadecimal digits.
 *
 * @param number its number
 * @param at when
 * @param step what happened, lower case with dashes
 * @param session in which session
 * @param device whom it concerns, {@code manufacturer/serial}
 * @param reason of a refusal or decision, or the rule that decided
 * @param detail one sentence; may be empty
 * @param row the row of the store that it speaks of
 * @param content over the content of that row
 * @param previous of the entry before
 * @param hash over everything above
 */
public record JournalView(long number, Instant at, String step, Optional<String> session, Optional<String> device, Optional<String> reason,
    String detail, Optional<String> row, String content, String previous, String hash) {
  static JournalView of(Journal.Entry entry) {
    return new JournalView(entry.number(), entry.at(), DirectAdministration.label(entry.step()), entry.session(),
        entry.device().map(Object::toString), entry.reason(), entry.detail(), entry.row().map(Object::toString), entry.content().hex(),
        entry.previous().hex(), entry.hash().hex());
  }
}
