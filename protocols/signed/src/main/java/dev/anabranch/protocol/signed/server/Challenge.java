package dev.anabranch.protocol.signed.server;

import org.jspecify.annotations.Nullable;

/// The challenge of one link: a `connect` that holds it was made for this link, and lately.
///
/// Good once, for a minute, and until the next one is given.
final class Challenge {

  private static final long GOOD_MILLIS = 60_000;

  private final SignedSeams seams;
  private @Nullable String given;
  private long until;

  Challenge(SignedSeams seams) {
    this.seams = seams;
  }

  /// Gives a new one.
  String give() {
    String fresh = seams.nonce();
    given = fresh;
    until = seams.millis() + GOOD_MILLIS;
    return fresh;
  }

  /// Whether an answer holds the one that was given; it is used up, whatever comes of it.
  boolean take(String answered) {
    boolean isGood = answered.equals(given) && seams.millis() < until;
    given = null;
    return isGood;
  }
}
