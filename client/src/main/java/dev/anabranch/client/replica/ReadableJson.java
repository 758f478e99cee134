package dev.anabranch.client.replica;

import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonObject;

/// Whether fields that a program made are read again as they are: by this device from its disk, by
/// a server from a frame.
///
/// Fields that were decoded are. Those that were put together may hold a number that no double
/// holds, a name that is too long, U+0000 or half of a surrogate pair: whoever writes them down
/// finds out when it is too late.
public final class ReadableJson {

  /// What a frame puts around an entity's fields.
  private static final int ENVELOPE_DEPTH = 4;

  private static final int ENVELOPE_VALUES = 100;

  private static final JsonDecoder DECODER =
      new JsonDecoder(
          new JsonLimits(
              JsonLimits.PUSH.bytesMax(),
              JsonLimits.FRAME.depthMax() - ENVELOPE_DEPTH,
              JsonLimits.FRAME.valuesMax() - ENVELOPE_VALUES));

  private ReadableJson() {}

  /// Refuses what would not be read again.
  ///
  /// @param what whose fields they are, for the sentence
  /// @throws IllegalArgumentException when they would not come back as they are
  public static void check(String what, JsonObject fields) {
    switch (DECODER.decode(fields.text())) {
      case Decoded.Malformed(String detail) ->
          throw new IllegalArgumentException(what + " would not be read again: " + detail);
      case Decoded.Value(var read) -> {
        if (!read.equals(fields)) { // a number whose spelling is more than a number
          throw new IllegalArgumentException(
              what + " would be read as something else: " + read.text());
        }
      }
    }
  }
}
