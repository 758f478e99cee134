package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateWriter;

/// A document inside another: its name and options only, the rest travels apart.
final class DocumentContent extends Content {
  static final int REFERENCE = 9;

  final Subdocument subdocument;

  DocumentContent(Subdocument subdocument) {
    this.subdocument = subdocument;
  }

  @Override
  int reference() {
    return REFERENCE;
  }

  @Override
  void write(UpdateWriter out, Item item, int offset) {
    out.writeString(subdocument.guid());
    out.writeAny(subdocument.options());
  }

  @Override
  void integrate(Transaction transaction, Item item) {
    subdocument.attach(item);
    transaction.subdocuments().add(subdocument);
  }

  @Override
  void delete(Transaction transaction, Item item) {
    transaction.subdocuments().remove(subdocument);
  }

  @Override
  Content copyFor(Item from, Item to) {
    return new DocumentContent(Subdocument.of(subdocument.guid(), subdocument.options()));
  }
}
