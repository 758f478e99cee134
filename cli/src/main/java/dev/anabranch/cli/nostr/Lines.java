package dev.anabranch.cli.nostr;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Lines of bytes, none longer than a bound: a longer one is read over and comes empty.
final class Lines {

  /// The longest line; no relay takes an event of that size.
  static final int BYTES_MAX = 4 * 1024 * 1024;

  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long number;
  private long position;
  private boolean isTooLong;

  Lines(InputStream in) {
    this.in = new BufferedInputStream(in, 64 * 1024);
  }

  /// The next line without its end; nothing at the end of the input.
  Optional<byte[]> next() throws IOException {
    line.reset();
    isTooLong = false;
    int next = in.read();
    if (next < 0) {
      return Optional.empty();
    }
    number++;
    while (next >= 0 && next != '\n') {
      if (line.size() < BYTES_MAX) {
        line.write(next);
      } else {
        isTooLong = true;
      }
      position++;
      next = in.read();
    }
    position++;
    return Optional.of(isTooLong ? new byte[0] : line.toByteArray());
  }

  /// The number of the line that was read last, from 1.
  long number() {
    return number;
  }

  /// Bytes that were read.
  long position() {
    return position;
  }

  /// Whether the last line was longer than any may be.
  boolean isTooLong() {
    return isTooLong;
  }
}
