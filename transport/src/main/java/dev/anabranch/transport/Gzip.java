package dev.anabranch.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/// Compresses one answer (RFC 1952), whole or as it comes.
final class Gzip {
  private static final int BUFFER_BYTES = 8_192;

  private final ByteArrayOutputStream compressed = new ByteArrayOutputStream(BUFFER_BYTES);
  private final GZIPOutputStream gzip;

  Gzip() {
    try {
      gzip = new GZIPOutputStream(compressed, BUFFER_BYTES, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A whole body.
  static byte[] whole(byte[] body) {
    Gzip one = new Gzip();
    byte[] start = one.write(body);
    byte[] rest = one.finish();
    byte[] all = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, all, start.length, rest.length);
    return all;
  }

  /// Takes bytes in.
  ///
  /// @return what came out meanwhile; often nothing
  byte[] write(byte[] bytes) {
    return taken(() -> gzip.write(bytes));
  }

  /// @return everything taken in so far that had not come out
  byte[] flush() {
    return taken(gzip::flush);
  }

  /// @return the rest
  byte[] finish() {
    return taken(gzip::close);
  }

  private byte[] taken(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] bytes = compressed.toByteArray();
    compressed.reset();
    return bytes;
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }
}
