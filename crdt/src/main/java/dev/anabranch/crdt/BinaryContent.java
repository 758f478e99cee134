package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateWriter;

/// Bytes, as one unit.
final class BinaryContent extends Content {
  static final int REFERENCE = 3;

  final byte[] bytes;

  BinaryContent(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  int reference() {
    return REFERENCE;
  }

  @Override
  void write(UpdateWriter out, Item item, int offset) {
    out.writeBytes(bytes);
  }

  @Override
  Content copyFor(Item from, Item to) {
    return this;
  }
}
