package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Write;
import java.util.List;
import java.util.Objects;

/// One call: the writes of one caller, in order.
///
/// @param caller who asks
/// @param writes 1–1,000; each gets its own outcome
/// @param atomic whether all must be applied or none
public record Commit(Caller caller, List<Write> writes, boolean atomic) {

  /// The most writes of one call.
  public static final int WRITES_MAX = 1000;

  public Commit {
    Objects.requireNonNull(caller, "caller");
    writes = List.copyOf(writes);
    if (writes.isEmpty() || writes.size() > WRITES_MAX) {
      throw new IllegalArgumentException(writes.size() + " writes");
    }
  }

  /// A call of one write.
  public static Commit of(Caller caller, Write write) {
    return new Commit(caller, List.of(write), false);
  }
}
