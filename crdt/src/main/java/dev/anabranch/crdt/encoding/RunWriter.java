package dev.anabranch.crdt.encoding;

/// Writes the run-length columns of update format v2; see [RunReader] for the three kinds.
final class RunWriter {
  private final ByteWriter out = new ByteWriter(16);
  private final RunReader.Kind kind;
  private long last;
  private long step;
  private long count;

  RunWriter(RunReader.Kind kind) {
    this.kind = kind;
  }

  void write(long value) {
    switch (kind) {
      case BYTES -> writeByte(value);
      case NUMBERS -> writeNumber(value);
      case STEPS -> writeStep(value);
    }
  }

  /// The column; the run that is still open ends here.
  ByteWriter finish() {
    flush();
    count = 0;
    return out;
  }

  private void writeByte(long value) {
    if (count > 0 && value == last) {
      count++;
      return;
    }
    if (count > 0) {
      out.writeVarUint(count - 1);
    }
    out.writeByte((int) value);
    last = value;
    count = 1;
  }

  private void writeNumber(long value) {
    if (count > 0 && value == last) {
      count++;
      return;
    }
    flush();
    last = value;
    count = 1;
  }

  private void writeStep(long value) {
    if (count > 0 && value - last == step) {
      count++;
    } else {
      flush();
      step = value - last;
      count = 1;
    }
    last = value;
  }

  private void flush() {
    if (count == 0 || kind == RunReader.Kind.BYTES) {
      return;
    }
    if (kind == RunReader.Kind.NUMBERS) {
      out.writeVarInt(last, count > 1);
    } else {
      out.writeVarInt(step * 2 + (count > 1 ? 1 : 0));
    }
    if (count > 1) {
      out.writeVarUint(count - 2);
    }
  }
}
