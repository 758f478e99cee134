package dev.anabranch.client.session;

/// How far a scope's local copy is.
public enum ScopeState {
  /// There is no link; the copy is as old as the last one.
  STALE,
  /// Followed; a snapshot is arriving, nobody sees it yet.
  FETCHING,
  /// Followed; what was missed is arriving.
  CATCHING_UP,
  /// Every change arrives as it is committed.
  LIVE,
  /// The server does not let this device follow; the copy stays as it is. It is asked again: soon
  /// when it only could not, once a minute when this device has no right, when another scope is
  /// forgotten if the connection followed as many as it may, and at once when the user follows the
  /// scope again.
  REFUSED
}
