package dev.anabranch.engine;

import dev.anabranch.kernel.store.PageLimit;

/// The engine's bounds (K11).
///
/// @param batchWritesMax writes of one transaction; a larger atomic call goes alone
/// @param queueWritesMax writes waiting for the writer; beyond it calls are refused as
///   `UNAVAILABLE`
/// @param queueBytesMax bytes of waiting writes, likewise
/// @param laneChangesMax committed changes waiting for one lane; beyond it the lane's followers go
///   back to reading
/// @param laneBytesMax about how many bytes these may have, likewise
/// @param announcementChangesMax changes told at once
/// @param announcementBytesMax about how many bytes are told at once
/// @param restFollowersMin how many must have been told the same in one round for their lane to
///   rest before the next ([Rest])
/// @param restMillisMax the longest rest; 0 = none
/// @param catchUpPage one page of catch-up
/// @param presencePerScopeMax clients present in one scope
/// @param presencePerPrincipalMax places that one principal is present in, in all scopes together
/// @param presenceMax clients present in all scopes together
/// @param headsMax scopes whose heads are kept at hand
/// @param reopenMillisMin first wait before a broken store is opened again; doubled each time
/// @param reopenMillisMax longest such wait
public record EngineLimits(
    int batchWritesMax,
    int queueWritesMax,
    long queueBytesMax,
    int laneChangesMax,
    long laneBytesMax,
    int announcementChangesMax,
    int announcementBytesMax,
    int restFollowersMin,
    long restMillisMax,
    PageLimit catchUpPage,
    int presencePerScopeMax,
    int presencePerPrincipalMax,
    int presenceMax,
    int headsMax,
    long reopenMillisMin,
    long reopenMillisMax) {

  /// The limits of a server that says nothing else.
  public static final EngineLimits DEFAULT =
      new EngineLimits(
          256,
          20_000,
          64L * 1024 * 1024,
          65_536,
          64L * 1024 * 1024,
          256,
          256 * 1024,
          64,
          5,
          PageLimit.DEFAULT,
          1000,
          250,
          50_000,
          100_000,
          100,
          5_000);

  public EngineLimits {
    if (batchWritesMax < 1
        || queueWritesMax < 1
        || announcementChangesMax < 1
        || restFollowersMin < 1
        || headsMax < 1) {
      throw new IllegalArgumentException("limits begin at 1");
    }
  }
}
