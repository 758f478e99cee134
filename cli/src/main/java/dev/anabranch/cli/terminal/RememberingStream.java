package dev.anabranch.cli.terminal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A stream that remembers why it could not be written first: a writer that prints swallows it.
final class RememberingStream extends FilterOutputStream {

  private volatile @Nullable IOException first;

  RememberingStream(OutputStream out) {
    super(out);
  }

  /// Why it could not be written; empty when it could, and when its reader has only gone, as `head`
  /// does when it has enough.
  Optional<IOException> failure() {
    return Optional.ofNullable(first).filter(failure -> !isReaderGone(failure));
  }

  /// Only the machine's words tell the two apart.
  private static boolean isReaderGone(IOException failure) {
    return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException failure) {
      remember(failure);
      throw failure;
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException failure) {
      remember(failure);
      throw failure;
    }
  }

  private void remember(IOException failure) {
    first = first == null ? failure : first;
  }
}
