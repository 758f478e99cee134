package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateWriter;

/// Units that an update leaves out; never integrated.
final class Gap extends Block {
  static final int REFERENCE = 10;

  Gap(ClientBlocks client, int clock, int length) {
    super(client, clock, length);
  }

  @Override
  boolean isDeleted() {
    return false;
  }

  @Override
  void write(UpdateWriter out, int offset) {
    out.writeInfo(REFERENCE);
    out.rest().writeVarUint(length - offset);
  }

  @Override
  boolean mergeWith(Block right) {
    if (!(right instanceof Gap)) {
      return false;
    }
    length += right.length;
    return true;
  }

  @Override
  Block without(int count) {
    return new Gap(client, clock + count, length - count);
  }
}
