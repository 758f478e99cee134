package dev.anabranch.client.nostr.cache;

/// What became of an event that came to the cache.
public enum Arrival {
  /// It was not known and is kept, or shown if it is ephemeral.
  NEW,
  /// It is there already.
  KNOWN,
  /// A newer one has its place.
  SUPERSEDED,
  /// Its author has deleted it (NIP-09).
  DELETED,
  /// It has expired (NIP-40).
  EXPIRED,
  /// It is older than what the cache has room for.
  TOO_OLD,
  /// It is dated further ahead than is kept ([EventCache#AHEAD_SECONDS_MAX]).
  AHEAD
}
