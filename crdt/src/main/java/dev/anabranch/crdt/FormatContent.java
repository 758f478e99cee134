package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.UpdateWriter;

/// From here on the text has a mark, or has it no more where the value is null.
final class FormatContent extends Content {
  static final int REFERENCE = 6;

  final String key;
  final Any value;

  FormatContent(String key, Any value) {
    this.key = key;
    this.value = value;
  }

  @Override
  int reference() {
    return REFERENCE;
  }

  @Override
  boolean isCountable() {
    return false;
  }

  @Override
  void write(UpdateWriter out, Item item, int offset) {
    out.writeKey(key);
    out.writeJson(value);
  }

  @Override
  void integrate(Transaction transaction, Item item) {
    item.branch().hasFormatting = true;
  }

  @Override
  Content copyFor(Item from, Item to) {
    return this;
  }
}
