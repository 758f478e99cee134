package dev.anabranch.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import org.HdrHistogram.Histogram;

/// A socket that receives changes and counts them by their marks.
final class Reader extends Connection {
  private final Tally tally;
  private final int receiveBufferBytes;
  private final boolean timed;
  private long changes;
  private int pendingBytes;

  Reader(
      Selector selector,
      InetAddress source,
      InetSocketAddress target,
      Readers plan,
      Tally tally,
      int index)
      throws IOException {
    this.tally = tally;
    this.timed = index < plan.timed();
    this.receiveBufferBytes = plan.receiveBufferBytes();
    super(selector, source, target, plan.openings().apply(index));
  }

  @Override
  int receiveBufferBytes() {
    return receiveBufferBytes;
  }

  @Override
  void live() {}

  @Override
  void received(ByteBuffer buffer, int from, int to, long nanos) {
    tally.bytes += to - from;
    finishPending(buffer, from, to);
    Marker.scan(buffer, from, to, index -> found(buffer, index, to, nanos));
  }

  private void found(ByteBuffer buffer, int index, int to, long nanos) {
    int seen = Math.min(to - index, Marker.SURE_BYTES);
    for (int next = 1; next < seen; next++) {
      if (buffer.get(index + next) != Marker.ZERO) {
        return;
      }
    }
    if (seen < Marker.SURE_BYTES) {
      pendingBytes = seen;
      return;
    }
    count();
    if (timed) {
      record(buffer, index, to, nanos);
    }
  }

  // A mark that the end of a read cut: its zeros come with the next one.
  private void finishPending(ByteBuffer buffer, int from, int to) {
    for (int index = from; pendingBytes > 0 && index < to; index++) {
      pendingBytes = buffer.get(index) == Marker.ZERO ? pendingBytes + 1 : 0;
      if (pendingBytes == Marker.SURE_BYTES) {
        pendingBytes = 0;
        count();
      }
    }
  }

  private void count() {
    changes++;
    tally.changes++;
  }

  // A stamp cut in two by the end of a read is not recorded, only its change counted.
  private void record(ByteBuffer buffer, int index, int to, long nanos) {
    long stamp = Marker.stamp(buffer, index, to);
    Histogram delays = tally.delays;
    if (stamp >= 0 && nanos >= stamp) {
      delays.recordValue(Math.min(nanos - stamp, delays.getHighestTrackableValue()));
    }
  }

  long changes() {
    return changes;
  }

  void reset() {
    changes = 0;
  }

  /// What a group of readers received together; the loop's thread writes it.
  static final class Tally {
    private final Histogram delays = Histograms.nanos();
    private long changes;
    private long bytes;

    long changes() {
      return changes;
    }

    long bytes() {
      return bytes;
    }

    Histogram delays() {
      return delays;
    }

    void reset() {
      delays.reset();
      changes = 0;
      bytes = 0;
    }
  }
}
