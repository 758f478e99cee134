package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.Holding;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;

/// How much one principal may have in the log, whichever way it came in.
///
/// All names of a caller are one principal. A write is refused when the principal would have too
/// much by it, with everything that is committed with it; one that leaves it no more than it had is
/// not, nor is any of the server's owner. The no is for now: it uses up no key (K2).
///
/// @param changesMax the most changes; 0 = any number
/// @param bytesMax the most bytes of them; 0 = any number
/// @param isFree whether a write that is one too many is taken all the same; pure
public record Quota(long changesMax, long bytesMax, BiPredicate<Caller, Write> isFree) {

  /// Everybody may have as much as there is room for.
  public static final Quota NONE = new Quota(0, 0);

  public Quota {
    Objects.requireNonNull(isFree, "isFree");
    if (changesMax < 0 || bytesMax < 0) {
      throw new IllegalArgumentException(changesMax + " changes, " + bytesMax + " bytes");
    }
  }

  /// A quota from which no write is free.
  public Quota(long changesMax, long bytesMax) {
    this(changesMax, bytesMax, (caller, write) -> false);
  }

  /// Whether it refuses nothing, so that nobody need count.
  public boolean isNone() {
    return changesMax == 0 && bytesMax == 0;
  }

  /// Whether there is anything to ask about a caller.
  boolean binds(Caller caller) {
    return !isNone() && !caller.authority().ownsServer();
  }

  /// Why a write is one too many.
  ///
  /// @param before what the caller had
  /// @param after what it would have
  Optional<Fault> refuses(Caller caller, Write write, Holding before, Holding after) {
    String much = null;
    if (isOver(changesMax, before.changes(), after.changes())) {
      much = changesMax + " changes and would hold " + after.changes();
    } else if (isOver(bytesMax, before.bytes(), after.bytes())) {
      much = bytesMax + " bytes and would hold " + after.bytes();
    }
    return much == null || isFree.test(caller, write)
        ? Optional.empty()
        : Optional.of(
            new Fault(
                FaultCode.QUOTA,
                "the log may hold of "
                    + caller.principal()
                    + " at most "
                    + much
                    + "; erase something (delete it with erase=true, or by a Nostr deletion), or"
                    + " ask the operator to compact the log or allow more"));
  }

  private static boolean isOver(long most, long before, long after) {
    return most > 0 && after > most && after > before;
  }
}
