package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateWriter;

/// A shared type inside another.
final class TypeContent extends Content {
  static final int REFERENCE = 7;

  final Branch branch;

  TypeContent(Branch branch) {
    this.branch = branch;
  }

  @Override
  int reference() {
    return REFERENCE;
  }

  @Override
  void write(UpdateWriter out, Item item, int offset) {
    TypeKind kind = branch.kind;
    out.writeTypeReference(kind.reference());
    if (kind.isNamed()) {
      out.writeKey(branch.name);
    }
  }

  @Override
  void integrate(Transaction transaction, Item item) {
    branch.attach(transaction.document(), item);
  }

  @Override
  void delete(Transaction transaction, Item item) {
    transaction.deleteChildren(branch);
  }

  @Override
  Content copyFor(Item from, Item to) {
    return new TypeContent(Branch.detached(branch.kind, branch.name));
  }
}
