package dev.anabranch.protocol.scope.wire;

import java.util.List;

/// Writes that travel together.
///
/// @param writes `writes`: at most 1,000, in order; each gets its own outcome
/// @param atomic `atomic`: whether all are applied or none; absent = false
public record PushBatch(List<PushEntry> writes, boolean atomic) {

  public PushBatch {
    writes = List.copyOf(writes);
  }

  /// Writes that stand for themselves.
  public static PushBatch of(List<? extends PushEntry> writes) {
    return new PushBatch(List.copyOf(writes), false);
  }
}
