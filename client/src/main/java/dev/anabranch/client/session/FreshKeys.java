package dev.anabranch.client.session;

import dev.anabranch.kernel.log.WriteKey;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// Makes the keys of writes.
///
/// @param random 16 bytes of it are a key
record FreshKeys(RandomGenerator random) {

  private static final int KEY_BYTES = 16;

  WriteKey next() {
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    return new WriteKey(HexFormat.of().formatHex(bytes));
  }
}
