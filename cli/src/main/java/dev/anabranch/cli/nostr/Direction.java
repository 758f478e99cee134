package dev.anabranch.cli.nostr;

import java.util.Locale;

/// Which way events go between our relay and another.
enum Direction {
  /// From the other to ours.
  DOWN,
  /// From ours to the other.
  UP,
  /// Either way.
  BOTH;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean isDown() {
    return this != UP;
  }

  boolean isUp() {
    return this != DOWN;
  }
}
