package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.link.HttpAnswer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A request's no, on its way to the answer; caught in [DocumentExchange] and nowhere else.
final class No extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String CONFLICT = "conflict";
  private static final int CONFLICT_STATUS = 412;
  private final transient HttpAnswer answer;

  No(int status, String code, String detail) {
    super(detail, null, false, false);
    this.answer = HttpAnswer.problem(status, code, detail);
  }

  private No(String detail, HttpAnswer answer) {
    super(detail, null, false, false);
    this.answer = answer;
  }

  /// The write was stale, or the name is taken.
  ///
  /// @param current what it met, a tombstone too; null = it never lived
  static No conflict(String detail, @Nullable Entity current) {
    JsonObject problem =
        JsonObject.EMPTY
            .with("type", "urn:anabranch:conflict")
            .with("title", CONFLICT)
            .with("status", CONFLICT_STATUS)
            .with("code", CONFLICT)
            .with("detail", detail)
            .with("current", current == null ? JsonNull.NULL : DocumentAnswers.shown(current));
    byte[] body = problem.text().getBytes(StandardCharsets.UTF_8);
    return new No(detail, HttpAnswer.of(CONFLICT_STATUS, "application/problem+json", body));
  }

  boolean isConflict() {
    return answer.status() == CONFLICT_STATUS;
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
        HttpAnswer.problem(429, "rate_limited", detail)
            .with("Retry-After", Long.toString(seconds)));
  }

  /// Too many requests have documents in memory, or wait until they may.
  static No busy() {
    String detail = "too many documents are being read or edited; try again in a moment";
    return new No(detail, HttpAnswer.problem(503, "unavailable", detail).with("Retry-After", "1"));
  }

  /// A value has the wrong shape.
  static No invalid(String detail) {
    return new No(400, "invalid", detail);
  }

  /// There is no such thing.
  static No absent(String detail) {
    return new No(404, "absent", detail);
  }

  /// The kernel's no.
  static No of(Fault fault) {
    int status =
        switch (fault.code()) {
          case UNAUTHENTICATED -> 401;
          case FORBIDDEN -> 403;
          case ABSENT -> 404;
          case KEY_REUSED, DEVICE_TAKEN -> 409;
          case TOO_LARGE -> 413;
          case RATE_LIMITED -> 429;
          case RULE_FAILED -> 500;
          case UNAVAILABLE -> 503;
          case QUOTA -> 507;
          default -> 400;
        };
    HttpAnswer answer = HttpAnswer.problem(status, fault.code().word(), fault.detail());
    return new No(
        fault.detail(),
        switch (status) {
          case 401 -> answer.with("WWW-Authenticate", "Bearer");
          case 503 -> answer.with("Retry-After", "1");
          default -> answer;
        });
  }

  /// Something is at this path, but not by this method.
  ///
  /// @param allowed the methods, such as `GET, POST`
  static No wrongMethod(String method, String allowed) {
    String detail = method + " means nothing here; use " + allowed;
    return new No(
        detail, HttpAnswer.problem(405, "method_not_allowed", detail).with("Allow", allowed));
  }

  HttpAnswer answer() {
    return answer;
  }
}
