package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateWriter;

/// Deleted units whose place is forgotten as well, because what they stood in was deleted.
final class Garbage extends Block {
  static final int REFERENCE = 0;

  Garbage(ClientBlocks client, int clock, int length) {
    super(client, clock, length);
  }

  @Override
  boolean isDeleted() {
    return true;
  }

  @Override
  void write(UpdateWriter out, int offset) {
    out.writeInfo(REFERENCE);
    out.writeLength(length - offset);
  }

  @Override
  boolean mergeWith(Block right) {
    if (!(right instanceof Garbage)) {
      return false;
    }
    length += right.length;
    return true;
  }

  @Override
  Block without(int count) {
    return new Garbage(client, clock + count, length - count);
  }
}
