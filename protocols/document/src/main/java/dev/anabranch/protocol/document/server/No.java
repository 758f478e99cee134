package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.protocol.document.wire.DocumentProblem;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A request's no, on its way to the answer; caught in [DocumentExchange] and nowhere else.
final class No extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient HttpAnswer answer;

  No(DocumentProblem problem, String detail) {
    this(detail, answer(problem, detail));
  }

  private No(String detail, HttpAnswer answer) {
    super(detail, null, false, false);
    this.answer = answer;
  }

  /// A problem of the catalogue.
  static HttpAnswer answer(DocumentProblem problem, String detail) {
    HttpAnswer answer =
        HttpAnswer.problem(problem.httpStatus(), problem.code(), problem.sentence(), detail);
    return switch (problem) {
      case UNAUTHENTICATED -> answer.with("WWW-Authenticate", "Bearer");
      case UNAVAILABLE -> answer.with("Retry-After", "1");
      default -> answer;
    };
  }

  /// The write was stale, or the name is taken.
  ///
  /// @param current what it met, a tombstone too; null = it never lived
  static No conflict(String detail, @Nullable Entity current) {
    DocumentProblem conflict = DocumentProblem.CONFLICT;
    JsonObject problem =
        JsonObject.EMPTY
            .with("type", "urn:anabranch:" + conflict.code())
            .with("title", conflict.sentence())
            .with("status", conflict.httpStatus())
            .with("code", conflict.code())
            .with("detail", detail)
            .with("current", current == null ? JsonNull.NULL : DocumentAnswers.shown(current));
    byte[] body = problem.text().getBytes(StandardCharsets.UTF_8);
    return new No(detail, HttpAnswer.of(conflict.httpStatus(), "application/problem+json", body));
  }

  boolean isConflict() {
    return answer.status() == DocumentProblem.CONFLICT.httpStatus();
  }

  /// This no; a conflict with what it met.
  No met(@Nullable Entity current) {
    return isConflict() ? conflict(String.valueOf(getMessage()), current) : this;
  }

  /// More requests than their rate.
  ///
  /// @param waitNanos until the next one is taken
  static No tooFast(long waitNanos) {
    long seconds = Math.max(1, (waitNanos + 999_999_999L) / 1_000_000_000L);
    String detail = "more writes than their rate; try again in " + seconds + " s";
    return new No(
        detail,
        answer(DocumentProblem.RATE_LIMITED, detail).with("Retry-After", Long.toString(seconds)));
  }

  /// Too many requests have documents in memory, or wait until they may.
  static No busy() {
    return new No(
        DocumentProblem.UNAVAILABLE,
        "too many documents are being read or edited; try again in a moment");
  }

  /// A value has the wrong shape.
  static No invalid(String detail) {
    return new No(DocumentProblem.INVALID, detail);
  }

  /// There is no such thing.
  static No absent(String detail) {
    return new No(DocumentProblem.ABSENT, detail);
  }

  /// The kernel's no.
  static No of(Fault fault) {
    return new No(DocumentProblem.of(fault.code()), fault.detail());
  }

  /// Something is at this path, but not by this method.
  ///
  /// @param allowed the methods, such as `GET, POST`
  static No wrongMethod(String method, String allowed) {
    String detail = method + " means nothing here; use " + allowed;
    return new No(
        detail, answer(DocumentProblem.METHOD_NOT_ALLOWED, detail).with("Allow", allowed));
  }

  HttpAnswer answer() {
    return answer;
  }
}
