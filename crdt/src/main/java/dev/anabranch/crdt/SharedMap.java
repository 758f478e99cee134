package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Values and types by key; of concurrent values the one with the greatest client id stays.
public final class SharedMap extends SharedType {
  SharedMap(Branch branch) {
    super(branch);
  }

  public @Nullable Element get(String key) {
    return MapEditing.get(branch(), key);
  }

  public Map<String, Element> entries() {
    return MapEditing.all(branch());
  }

  public void put(String key, Any value) {
    put(key, MapEditing.contentOf(value));
  }

  public SharedType putType(String key, NewType type) {
    TypeContent content = type.content();
    put(key, content);
    return of(content.branch);
  }

  public void putDocument(String key, Subdocument document) {
    put(key, new DocumentContent(document));
  }

  public void remove(String key) {
    edit(transaction -> MapEditing.remove(transaction, branch(), key));
  }

  public void clear() {
    edit(transaction -> entries().keySet().forEach(this::remove));
  }

  private void put(String key, Content content) {
    edit(transaction -> MapEditing.put(transaction, branch(), key, content));
  }
}
