package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.UpdateWriter;

/// A value that stands in a text, for example an image.
final class EmbedContent extends Content {
  static final int REFERENCE = 5;

  final Any value;

  EmbedContent(Any value) {
    this.value = value;
  }

  @Override
  int reference() {
    return REFERENCE;
  }

  @Override
  void write(UpdateWriter out, Item item, int offset) {
    out.writeJson(value);
  }

  @Override
  Content copyFor(Item from, Item to) {
    return this;
  }
}
