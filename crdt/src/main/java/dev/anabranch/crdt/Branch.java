package dev.anabranch.crdt;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A shared type as the algorithm sees it: a list of items and one more list per key.
///
/// What the program holds is a view of it ([SharedType]), made when it asks.
final class Branch implements Parent {
  TypeKind kind;

  /// The root's name, or the name of an XML element or hook.
  final String name;

  /// The item that holds the type; absent for a root.
  @Nullable Item item;

  @Nullable Document document;
  @Nullable Item start;

  /// How many units are to be seen in the list.
  int length;

  /// Whether a mark ever stood in the list.
  boolean hasFormatting;

  @Nullable PositionIndex index;

  /// Absent until somebody looks for a place in the list.
  @Nullable Landmark landmark;

  @Nullable SharedType view;
  @Nullable Observers observers;
  private @Nullable Map<String, Item> entries;

  private Branch(TypeKind kind, String name) {
    this.kind = kind;
    this.name = name;
  }

  static Branch root(Document document, String name) {
    Branch root = new Branch(TypeKind.UNKNOWN, name);
    root.document = document;
    return root;
  }

  static Branch detached(TypeKind kind, String name) {
    return new Branch(kind, name);
  }

  void attach(Document document, Item item) {
    this.document = document;
    this.item = item;
  }

  Document document() {
    if (document == null) {
      throw new IllegalStateException("the type is not in a document");
    }
    return document;
  }

  /// The rightmost item of each key, in the order in which the keys first came.
  Map<String, Item> entries() {
    if (entries == null) {
      entries = new LinkedHashMap<>();
    }
    return entries;
  }

  @Nullable Item entry(String key) {
    return entries == null ? null : entries.get(key);
  }

  /// Whether the type was deleted with what it stands in.
  boolean isDeleted() {
    return item != null && item.isDeleted();
  }

  /// Counts the units of an item that was linked into the list.
  void show(Item shown) {
    if (shown.isVisible()) {
      length += shown.length;
    }
    if (index != null) {
      index.add(shown);
    }
    if (landmark != null) {
      landmark.show(shown);
    }
  }

  /// Counts units that were put behind those of an item.
  void grow(Item grown, int units) {
    length += units;
    if (grown.leaf != null) {
      grown.leaf.change(units, 0);
    }
    if (landmark != null) {
      landmark.grow(grown);
    }
  }

  /// Stops counting an item that is about to be deleted.
  void hide(Item hidden) {
    if (hidden.isCountable()) {
      length -= hidden.length;
    }
    if (hidden.leaf != null) {
      hidden.leaf.hide(hidden);
    }
    if (landmark != null) {
      landmark.hide(hidden);
    }
  }

  void clear() {
    start = null;
    entries = null;
    index = null;
    landmark = null;
  }
}
