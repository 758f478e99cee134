package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateWriter;

/// What the units of an item hold.
///
/// The item knows how many units there are; contents are told where to cut.
abstract sealed class Content
    permits DeletedContent,
        JsonContent,
        BinaryContent,
        TextContent,
        EmbedContent,
        FormatContent,
        TypeContent,
        AnyContent,
        DocumentContent {
  /// The number of this kind of content in the update formats.
  abstract int reference();

  /// Whether the units count in the length of the list they stand in.
  boolean isCountable() {
    return true;
  }

  abstract void write(UpdateWriter out, Item item, int offset);

  /// Cuts after `at` units: keeps the left part, returns the content of the right one.
  ///
  /// The right item knows its length already; the left one still has its old length.
  Content split(Item left, Item right, int at) {
    throw new IllegalStateException("a content of one unit was to be cut at " + at);
  }

  /// Takes over what the right item holds, if the kind allows it.
  boolean mergeWith(Item left, Item right) {
    return false;
  }

  void integrate(Transaction transaction, Item item) {}

  void delete(Transaction transaction, Item item) {}

  /// What undo puts into the item that takes this one's place.
  abstract Content copyFor(Item from, Item to);
}
