package org.eider.registrar.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Fact;
import org.eider.registrar.IssuedCertificate;
import org.eider.registrar.Journal.RowName;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.Judgement;

/**
 * An entry of the journal before it has its place in the chain.
 *
 * @param at when
 * @param step what happened
 * @param session in which it happened
 * @param device whom it concerns
 * @param reason of a refusal or decision
 * @param detail for people
 * @param row that it speaks of
 * @param content digest of that row
 */
record Draft(Instant at, Step step, Optional<String> session, Optional<DeviceId> device, Optional<String> reason, String detail,
    Optional<RowName> row, byte[] content) {
  private static final int LONGEST = 255;

  Draft {
    at = Instant.ofEpochMilli(at.toEpochMilli());
    reason = reason.map(Draft::cut);
    detail = cut(detail);
  }

  /** Of an event of the registrar itself. */
  static Draft event(Instant at, Step step, String detail) {
    return new Draft(at, step, Optional.empty(), Optional.empty(), Optional.empty(), detail, Optional.empty(),
        Canonical.of("eider.row").sha256());
  }

  /** Of a row that is no fact. */
  static Draft row(Instant at, Step step, String detail, RowName row, byte[] content) {
    return new Draft(at, step, Optional.empty(), Optional.empty(), Optional.empty(), detail, Optional.of(row), content);
  }

  /**
   * Of changes of a row, as many entries as their phrases need; each speaks of the row as it is after all of them.
   *
   * @param by who wanted them
   * @param what the row, for people
   */
  static List<Draft> changes(Instant at, Step step, String by, String what, List<String> phrases, RowName row, byte[] content) {
    List<Draft> drafts = new ArrayList<>();
    StringBuilder detail = new StringBuilder(what).append(": ");
    int empty = detail.length();
    for (String phrase : pieces(phrases, LONGEST - empty)) {
      if (detail.length() > empty && detail.length() + 2 + phrase.length() > LONGEST) {
        drafts.add(change(at, step, by, detail.toString(), row, content));
        detail.setLength(empty);
      }
      detail.append(detail.length() > empty ? "; " : "").append(phrase);
    }
    drafts.add(change(at, step, by, detail.toString(), row, content));
    return drafts;
  }

  /** No phrase is longer than there is place for; what is goes on in the next. */
  private static List<String> pieces(List<String> phrases, int longest) {
    List<String> pieces = new ArrayList<>();
    for (String phrase : phrases) {
      for (int from = 0; from < phrase.length(); from += longest) {
        pieces.add(phrase.substring(from, Math.min(from + longest, phrase.length())));
      }
    }
    return pieces;
  }

  private static Draft change(Instant at, Step step, String by, String detail, RowName row, byte[] content) {
    return new Draft(at, step, Optional.empty(), Optional.empty(), Optional.of("by " + by), detail, Optional.of(row), content);
  }

  /** Of a fact; {@code session} is that of the other facts beside it, when it has none itself. */
  static Draft fact(Fact fact, Optional<String> session, RowName row, byte[] content) {
    return new Draft(fact.at(), Step.of(fact), sessionOf(fact).or(() -> session), Optional.of(fact.device()), reason(fact), detail(fact),
        Optional.of(row), content);
  }

  static Draft certificate(IssuedCertificate certificate, Optional<String> session, RowName row, byte[] content) {
    return new Draft(certificate.at(), Step.CERTIFICATE_ISSUED, session, certificate.device(), Optional.empty(),
        certificate.purpose() + " " + Columns.serial(certificate.serial()) + " until " + certificate.notAfter(), Optional.of(row), content);
  }

  /** The session that the fact itself names. */
  static Optional<String> sessionOf(Fact fact) {
    if (fact instanceof Fact.DeviceEvent event) {
      return Optional.of(event.session());
    }
    return fact instanceof Fact.VoucherExchange exchange ? Optional.of(exchange.session()) : Optional.empty();
  }

  private static Optional<String> reason(Fact fact) {
    if (fact instanceof Fact.DeviceEvent event) {
      return event.reason();
    } else if (fact instanceof Fact.Decision decision) {
      return Optional.of(decision.reason());
    } else if (fact instanceof Fact.AuditLogReceived log) {
      return log.judgement().map(Judgement::rule);
    }
    return fact instanceof Fact.Telemetry telemetry ? telemetry.reason() : Optional.empty();
  }

  private static String detail(Fact fact) {
    if (fact instanceof Fact.DeviceEvent event) {
      return event.detail();
    } else if (fact instanceof Fact.Decision decision) {
      return "by " + decision.by() + " until " + decision.until();
    } else if (fact instanceof Fact.AuditLogReceived log) {
      return log.judgement().map(judgement -> judgement.disposition() + ": " + judgement.why())
          .orElseGet(() -> log.unavailable().orElse("received"));
    } else if (fact instanceof Fact.Telemetry telemetry) {
      return telemetry.kind() + (telemetry.status() ? " success" : " failure");
    }
    return "requests and voucher";
  }

  private static String cut(String text) {
    if (text.length() <= LONGEST) {
      return text;
    }
    // Never the first half of a character that has two.
    return text.substring(0, Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST);
  }
}
