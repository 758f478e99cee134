package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateWriter;

/// Nothing but the fact that something was there.
final class DeletedContent extends Content {
  static final int REFERENCE = 1;
  static final DeletedContent INSTANCE = new DeletedContent();

  private DeletedContent() {}

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
    out.writeLength(item.length - offset);
  }

  @Override
  Content split(Item left, Item right, int at) {
    return this;
  }

  @Override
  boolean mergeWith(Item left, Item right) {
    return true;
  }

  @Override
  void integrate(Transaction transaction, Item item) {
    transaction.deletions().add(item.client.id, item.clock, item.length);
    item.markDeleted();
  }

  @Override
  Content copyFor(Item from, Item to) {
    return this;
  }
}
