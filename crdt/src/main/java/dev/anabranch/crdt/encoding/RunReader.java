package dev.anabranch.crdt.encoding;

/// Reads the run-length columns of update format v2.
///
/// One class for the three kinds, as they differ only in how a run begins. At the end of a byte
/// column the last value repeats for ever: its count was never written.
final class RunReader {
  private static final long FOREVER = Long.MAX_VALUE;

  enum Kind {
    /// A byte, then how often it follows itself.
    BYTES,
    /// A number; a set sign says that a count follows.
    NUMBERS,
    /// Twice the step from the last value, plus one if a count follows.
    STEPS
  }

  private final ByteReader in;
  private final Kind kind;
  private long value;
  private long step;
  private long left;

  RunReader(Kind kind, ByteReader in) {
    this.kind = kind;
    this.in = in;
  }

  long read() {
    if (left == 0) {
      begin();
    }
    left = left == FOREVER ? FOREVER : left - 1;
    value += step;
    if (value < 0 || value > ByteReader.SAFE_INTEGER_MAX) {
      throw new MalformedUpdate("a column steps out of its range");
    }
    return value;
  }

  int readClock() {
    return ByteReader.clock(read());
  }

  private void begin() {
    switch (kind) {
      case BYTES -> {
        value = in.readByte();
        left = in.hasMore() ? in.readVarUint() + 1 : FOREVER;
      }
      case NUMBERS -> {
        value = Math.abs(in.readVarInt());
        left = in.wasNegative() ? in.readVarUint() + 2 : 1;
      }
      case STEPS -> {
        long coded = in.readVarInt();
        step = Math.floorDiv(coded, 2);
        left = (coded & 1) == 1 ? in.readVarUint() + 2 : 1;
      }
    }
  }
}
