package dev.anabranch.bench.load;

import java.util.List;

/// Readers that are live.
public final class ReaderGroup implements AutoCloseable {
  private final LoadLoop loop;
  private final List<Reader> readers;
  private final Reader.Tally tally;
  private final int audience;
  private boolean stalled;

  ReaderGroup(LoadLoop loop, List<Reader> readers, Reader.Tally tally, int audience) {
    this.loop = loop;
    this.readers = readers;
    this.tally = tally;
    this.audience = audience;
  }

  /// Stops reading from every socket of the group.
  public void stall() {
    reading(false);
  }

  /// Reads again.
  public void wake() {
    reading(true);
  }

  private void reading(boolean reads) {
    loop.run(() -> {
      readers.forEach(reader -> reader.reading(reads));
      stalled = !reads;
      return true;
    });
  }

  /// The fewest changes that any socket received since the last reset.
  public long fewestChanges() {
    return loop.run(() -> readers.stream().mapToLong(Reader::changes).min().orElse(0));
  }

  /// The most changes that any socket received since the last reset.
  public long mostChanges() {
    return loop.run(() -> readers.stream().mapToLong(Reader::changes).max().orElse(0));
  }

  /// How many of the sockets are still connected.
  public long live() {
    return loop.run(() -> readers.stream().filter(Reader::isLive).count());
  }

  boolean isStalled() {
    return stalled;
  }

  /// How many of the sockets each change is for.
  int audience() {
    return audience;
  }

  Reader.Tally tally() {
    return tally;
  }

  void reset() {
    tally.reset();
    readers.forEach(Reader::reset);
  }

  @Override
  public void close() {
    loop.close(readers);
  }
}
