package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.link.limit.GcraTable;
import dev.anabranch.protocol.scope.wire.ScopeFault;

/// How many writes each principal may send, whatever sockets and requests it spreads them over.
final class WriteRates {
  private final GcraTable<PrincipalId> rates;
  private final ScopeSeams seams;

  WriteRates(ScopeLimits.Http limits, ScopeSeams seams) {
    this.rates = new GcraTable<>(limits.writes(), limits.principalsMax());
    this.seams = seams;
  }

  /// Asks for some writes of a caller.
  ///
  /// @return 0 = they are taken, else how long to wait, in nanoseconds
  long ask(Caller caller, int writes) {
    return rates.ask(caller.principal(), writes, seams.nanos().getAsLong());
  }

  /// Whether a request's writes are too many just now; it is answered then.
  boolean refuses(ScopeExchange exchange, ScopeObserver observer, int writes) {
    long wait = ask(exchange.caller(), writes);
    if (wait == 0) {
      return false;
    }
    observer.refused(ScopeFault.RATE_LIMITED);
    exchange.answer(ScopeRouter.tooFast(wait));
    return true;
  }
}
