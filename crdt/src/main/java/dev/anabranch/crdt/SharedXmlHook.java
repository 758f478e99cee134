package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.Map;

/// A node that a program renders itself: a name and values by key.
public final class SharedXmlHook extends SharedType {
  SharedXmlHook(Branch branch) {
    super(branch);
  }

  public String name() {
    return branch().name;
  }

  public Map<String, Element> entries() {
    return MapEditing.all(branch());
  }

  public void put(String key, Any value) {
    edit(t -> MapEditing.put(t, branch(), key, MapEditing.contentOf(value)));
  }

  /// As Yjs shows it among other nodes: not at all.
  @Override
  public String toString() {
    return "[object Object]";
  }
}
