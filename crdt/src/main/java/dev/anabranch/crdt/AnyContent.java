package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.UpdateWriter;
import java.util.ArrayList;
import java.util.List;

/// Plain values, one per unit.
final class AnyContent extends Content {
  static final int REFERENCE = 8;

  final List<Any> values;

  AnyContent(List<Any> values) {
    this.values = values;
  }

  @Override
  int reference() {
    return REFERENCE;
  }

  @Override
  void write(UpdateWriter out, Item item, int offset) {
    out.writeLength(values.size() - offset);
    for (int i = offset; i < values.size(); i++) {
      out.writeAny(values.get(i));
    }
  }

  @Override
  Content split(Item left, Item right, int at) {
    List<Any> tail = values.subList(at, values.size());
    AnyContent rest = new AnyContent(new ArrayList<>(tail));
    tail.clear();
    return rest;
  }

  @Override
  boolean mergeWith(Item left, Item right) {
    values.addAll(((AnyContent) right.content).values);
    return true;
  }

  @Override
  Content copyFor(Item from, Item to) {
    return new AnyContent(new ArrayList<>(values));
  }
}
