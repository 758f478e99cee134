package dev.anabranch.bench.contender;

import dev.anabranch.bench.load.Marker;

/// The data of a measured change.
final class Padding {
  private static final String TEXT = "abcdefghij klmnopqrst uvwxyz ";

  private Padding() {}

  /// Letters and spaces of an exact length.
  static String text(int length) {
    int wanted = Math.max(1, length);
    return TEXT.repeat(wanted / TEXT.length() + 1).substring(0, wanted);
  }

  /// The fields `"at":"^…","text":"…"`, together `bytes` bytes, without braces.
  static String fields(int bytes) {
    String at = "\"at\":\"" + Marker.PLACEHOLDER + "\",\"text\":\"";
    return at + text(bytes - at.length() - 1) + "\"";
  }
}
