package dev.anabranch.json;

import dev.anabranch.kernel.json.Json;

/// What decoding a text gives.
public sealed interface Decoded {

  /// The value it spells.
  record Value(Json json) implements Decoded {}

  /// Why it is not JSON that we accept.
  ///
  /// @param detail what and where, for the one who sent it
  record Malformed(String detail) implements Decoded {}
}
