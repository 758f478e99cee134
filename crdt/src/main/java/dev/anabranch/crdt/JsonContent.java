package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import dev.anabranch.crdt.encoding.UpdateWriter;
import java.util.ArrayList;
import java.util.List;

/// Plain values as very old documents hold them: JSON texts, one per unit.
final class JsonContent extends Content {
  static final int REFERENCE = 2;
  static final String UNDEFINED = "undefined";

  final List<Any> values;

  JsonContent(List<Any> values) {
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
      Any value = values.get(i);
      out.writeString(value instanceof Any.Undefined ? UNDEFINED : JavaScriptJson.stringify(value));
    }
  }

  @Override
  Content split(Item left, Item right, int at) {
    List<Any> tail = values.subList(at, values.size());
    JsonContent rest = new JsonContent(new ArrayList<>(tail));
    tail.clear();
    return rest;
  }

  @Override
  boolean mergeWith(Item left, Item right) {
    values.addAll(((JsonContent) right.content).values);
    return true;
  }

  @Override
  Content copyFor(Item from, Item to) {
    return new JsonContent(new ArrayList<>(values));
  }
}
