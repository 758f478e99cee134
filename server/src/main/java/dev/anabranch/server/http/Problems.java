package dev.anabranch.server.http;

import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.link.HttpAnswer;

/// Faults as RFC 9457 answers on the server's own routes.
final class Problems {

  private Problems() {}

  static HttpAnswer of(Fault fault) {
    HttpAnswer answer =
        HttpAnswer.problem(status(fault.code()), fault.code().word(), fault.detail());
    return switch (fault.code()) {
      case UNAUTHENTICATED -> answer.with("WWW-Authenticate", "Bearer");
      case UNAVAILABLE -> answer.with("Retry-After", "1");
      default -> answer;
    };
  }

  private static int status(FaultCode code) {
    return switch (code) {
      case UNAUTHENTICATED -> 401;
      case FORBIDDEN -> 403;
      case ABSENT -> 404;
      case TOO_LARGE -> 413;
      case RATE_LIMITED -> 429;
      case UNAVAILABLE -> 503;
      case QUOTA -> 507;
      default -> 400;
    };
  }

  static HttpAnswer invalid(String detail) {
    return of(new Fault(FaultCode.INVALID, detail));
  }

  static HttpAnswer forbidden(String detail) {
    return of(new Fault(FaultCode.FORBIDDEN, detail));
  }

  static HttpAnswer unavailable(String detail) {
    return of(new Fault(FaultCode.UNAVAILABLE, detail));
  }

  static HttpAnswer absent(String detail) {
    return HttpAnswer.problem(404, "not_found", detail);
  }

  static HttpAnswer wrongMethod(String allowed) {
    return HttpAnswer.problem(405, "method_not_allowed", "this path takes " + allowed)
        .with("Allow", allowed);
  }

  /// Too fast; when to come back, in whole seconds, at least one.
  static HttpAnswer rateLimited(long retryMillis) {
    long seconds = Math.max(1, (retryMillis + 999) / 1000);
    return of(new Fault(FaultCode.RATE_LIMITED, "too many requests; wait " + seconds + " s"))
        .with("Retry-After", Long.toString(seconds));
  }
}
