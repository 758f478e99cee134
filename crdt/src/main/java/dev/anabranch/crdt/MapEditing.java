package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads and changes the keys of a type: maps, and the attributes of texts and XML elements.
final class MapEditing {
  private MapEditing() {}

  static void put(Transaction transaction, Branch branch, String key, Content content) {
    Item left = branch.entry(key);
    Item item = Item.between(transaction, branch, left, null, content, 1);
    item.key = key;
    new ItemIntegration(transaction).insert(item);
  }

  static Content contentOf(Any value) {
    return value instanceof Any.Binary binary
        ? new BinaryContent(binary.value())
        : new AnyContent(new ArrayList<>(List.of(value)));
  }

  static void remove(Transaction transaction, Branch branch, String key) {
    Item item = branch.entry(key);
    if (item != null) {
      item.delete(transaction);
    }
  }

  static @Nullable Element get(Branch branch, String key) {
    Item item = branch.entry(key);
    return item == null || item.isDeleted() ? null : Element.last(item);
  }

  static Map<String, Element> all(Branch branch) {
    Map<String, Element> all = new LinkedHashMap<>();
    branch
        .entries()
        .forEach((key, item) -> {
          if (!item.isDeleted()) {
            all.put(key, Element.last(item));
          }
        });
    return all;
  }
}
