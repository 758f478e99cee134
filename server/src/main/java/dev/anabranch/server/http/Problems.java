package dev.anabranch.server.http;

import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.util.concurrent.TimeUnit;

/// Faults as RFC 9457 answers on the server's own routes, in the words of the one catalogue.
public final class Problems {

  private Problems() {}

  /// A fault of the kernel.
  public static HttpAnswer of(Fault fault) {
    HttpAnswer answer = of(ScopeFault.of(fault.code()), fault.detail());
    return switch (fault.code()) {
      case UNAUTHENTICATED -> answer.with("WWW-Authenticate", "Bearer");
      case UNAVAILABLE -> answer.with("Retry-After", "1");
      default -> answer;
    };
  }

  /// A fault of the catalogue.
  static HttpAnswer of(ScopeFault fault, String detail) {
    return HttpAnswer.problem(fault.httpStatus(), fault.code(), fault.sentence(), detail);
  }

  /// The request cannot be understood.
  public static HttpAnswer invalid(String detail) {
    return of(new Fault(FaultCode.INVALID, detail));
  }

  /// The asker may not.
  public static HttpAnswer forbidden(String detail) {
    return of(new Fault(FaultCode.FORBIDDEN, detail));
  }

  /// This page or host may not speak to this server.
  static HttpAnswer originRefused(String detail) {
    return of(ScopeFault.ORIGIN_REFUSED, detail);
  }

  /// Not now.
  public static HttpAnswer unavailable(String detail) {
    return of(new Fault(FaultCode.UNAVAILABLE, detail));
  }

  /// Nothing is at this path.
  public static HttpAnswer absent(String detail) {
    return of(ScopeFault.UNKNOWN_ROUTE, detail);
  }

  /// Something is at this path, but not by this method.
  public static HttpAnswer wrongMethod(String allowed) {
    return of(ScopeFault.METHOD_NOT_ALLOWED, "this path takes " + allowed).with("Allow", allowed);
  }

  /// Too fast; when to come back, in whole seconds, at least one.
  public static HttpAnswer rateLimited(long waitNanos) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(waitNanos) + 1;
    return of(new Fault(FaultCode.RATE_LIMITED, "too many requests; wait " + seconds + " s"))
        .with("Retry-After", Long.toString(seconds));
  }
}
