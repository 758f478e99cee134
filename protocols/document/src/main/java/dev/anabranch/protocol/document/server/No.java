package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.log.Fault;
import dev.anabranch.link.HttpAnswer;

/// A request's no, on its way to the answer; caught in [DocumentExchange] and nowhere else.
final class No extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient HttpAnswer answer;

  No(int status, String code, String detail) {
    super(detail, null, false, false);
    this.answer = HttpAnswer.problem(status, code, detail);
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
    return new No(status, fault.code().word(), fault.detail());
  }

  HttpAnswer answer() {
    return answer;
  }
}
