package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateWriter;
import org.jspecify.annotations.Nullable;

/// Units that somebody inserted in one go, and where: the heart of the algorithm.
///
/// Items of one parent form a list. `origin` and `rightOrigin` name the units between which the
/// maker saw them; `left` and `right` are the neighbours here and now. A map is one list per key
/// whose rightmost item is the value. The links cost memory in every document, so nothing else
/// stands here that only some items need.
final class Item extends Block {
  private static final int KEPT = 1;
  private static final int DELETED = 2;
  private static final int REDONE = 4;

  private static final int HAS_ORIGIN = 0x80;
  private static final int HAS_RIGHT_ORIGIN = 0x40;
  private static final int HAS_KEY = 0x20;

  @Nullable ClientBlocks originClient;
  int originClock;
  @Nullable ClientBlocks rightOriginClient;
  int rightOriginClock;
  @Nullable Item left;
  @Nullable Item right;

  /// Absent only where it can be learned from a neighbour, or where the neighbour is garbage.
  @Nullable Parent parent;

  /// The key, for items of a map.
  @Nullable String key;

  Content content;

  /// Where the item's part of a [TextContent] begins.
  int textStart;

  /// Where the item stands in its parent's [PositionIndex], if that has one.
  PositionIndex.@Nullable Leaf leaf;

  private byte flags;

  Item(ClientBlocks client, int clock, int length, Content content) {
    super(client, clock, length);
    this.content = content;
  }

  /// A new item of this document's own client between two neighbours.
  static Item between(
      Transaction transaction,
      Branch parent,
      @Nullable Item left,
      @Nullable Item right,
      Content content,
      int length) {
    ClientBlocks own = transaction.document().ownBlocks();
    Item item = new Item(own, own.next(), length, content);
    item.parent = parent;
    item.setNeighbours(left, right);
    return item;
  }

  void setNeighbours(@Nullable Item left, @Nullable Item right) {
    this.left = left;
    this.right = right;
    if (left != null) {
      setOrigin(left.client, left.end() - 1);
    }
    if (right != null) {
      setRightOrigin(right.client, right.clock);
    }
  }

  void setOrigin(ClientBlocks client, int clock) {
    originClient = client;
    originClock = clock;
  }

  void setRightOrigin(ClientBlocks client, int clock) {
    rightOriginClient = client;
    rightOriginClock = clock;
  }

  Branch branch() {
    if (parent instanceof Branch branch) {
      return branch;
    }
    throw new IllegalStateException("item " + id() + " is not integrated");
  }

  @Override
  boolean isDeleted() {
    return (flags & DELETED) != 0;
  }

  void markDeleted() {
    flags |= DELETED;
  }

  boolean isKept() {
    return (flags & KEPT) != 0;
  }

  void setKept(boolean kept) {
    flags = (byte) (kept ? flags | KEPT : flags & ~KEPT);
  }

  boolean isRedone() {
    return (flags & REDONE) != 0;
  }

  void markRedone() {
    flags |= REDONE;
  }

  boolean isCountable() {
    return content.isCountable();
  }

  /// Whether the units are to be seen: there, and of a kind that counts.
  boolean isVisible() {
    return !isDeleted() && content.isCountable();
  }

  boolean isLiveFormat() {
    return content instanceof FormatContent && !isDeleted();
  }

  void delete(Transaction transaction) {
    if (isDeleted()) {
      return;
    }
    Branch branch = branch();
    if (key == null) {
      branch.hide(this);
    }
    markDeleted();
    transaction.deletions().add(client.id, clock, length);
    transaction.markChanged(branch, key);
    content.delete(transaction, this);
  }

  /// Cuts the item; the right part is linked, but the caller puts it among its client's blocks.
  Item split(Transaction transaction, int at) {
    Item tail = new Item(client, clock + at, length - at, content);
    tail.setOrigin(client, clock + at - 1);
    tail.rightOriginClient = rightOriginClient;
    tail.rightOriginClock = rightOriginClock;
    tail.parent = parent;
    tail.key = key;
    tail.content = content.split(this, tail, at);
    tail.flags = flags;
    tail.left = this;
    tail.right = right;
    right = tail;
    if (tail.right != null) {
      tail.right.left = tail;
    }
    transaction.document().wasSplit(this, tail, at);
    transaction.mergeLater(tail);
    if (key != null && tail.right == null) {
      branch().entries().put(key, tail);
    }
    length = at;
    if (leaf != null) {
      leaf.addAfterSplit(tail);
    }
    return tail;
  }

  @Override
  boolean mergeWith(Block next) {
    if (!(next instanceof Item other) || !canMergeWith(other) || !content.mergeWith(this, other)) {
      return false;
    }
    if (other.isKept()) {
      setKept(true);
    }
    right = other.right;
    if (right != null) {
      right.left = this;
    }
    if (leaf != null) {
      leaf.mergeFrom(other, this);
    }
    if (parent instanceof Branch branch && branch.landmark != null) {
      branch.landmark.merge(other, this);
    }
    length += other.length;
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // neighbours are the very items
  private boolean canMergeWith(Item other) {
    return other.originClient != null
        && other.originClient.id == client.id
        && other.originClock == end() - 1
        && right == other
        && hasSameRightOrigin(other)
        && client.id == other.client.id
        && end() == other.clock
        && isDeleted() == other.isDeleted()
        && !isRedone()
        && !other.isRedone()
        && content.getClass() == other.content.getClass();
  }

  /// Whether a text that its maker types on, before a given neighbour, would become part of the
  /// item.
  @SuppressWarnings("ReferenceEquality") // clients and neighbours are themselves
  boolean canContinue(ClientBlocks maker, @Nullable Item next) {
    return client == maker
        && end() == maker.next()
        && right == next
        && !isDeleted()
        && !isRedone()
        && (next == null
            ? rightOriginClient == null
            : rightOriginClient == next.client && rightOriginClock == next.clock)
        && content instanceof TextContent text
        && !text.endsWithHighSurrogate(this);
  }

  boolean hasSameOrigin(Item other) {
    return isSame(originClient, originClock, other.originClient, other.originClock);
  }

  boolean hasSameRightOrigin(Item other) {
    return isSame(
        rightOriginClient, rightOriginClock, other.rightOriginClient, other.rightOriginClock);
  }

  private static boolean isSame(
      @Nullable ClientBlocks client,
      int clock,
      @Nullable ClientBlocks otherClient,
      int otherClock) {
    if (client == null || otherClient == null) {
      return client == null && otherClient == null;
    }
    return client.id == otherClient.id && clock == otherClock;
  }

  @Nullable Item nextLive() {
    Item next = right;
    while (next != null && next.isDeleted()) {
      next = next.right;
    }
    return next;
  }

  @Nullable Item previousLive() {
    Item previous = left;
    while (previous != null && previous.isDeleted()) {
      previous = previous.left;
    }
    return previous;
  }

  @Override
  Block without(int count) {
    Item rest = new Item(client, clock + count, length - count, content);
    rest.setOrigin(client, clock + count - 1);
    rest.rightOriginClient = rightOriginClient;
    rest.rightOriginClock = rightOriginClock;
    rest.parent = parent;
    rest.key = key;
    rest.content = content.split(this, rest, count);
    return rest;
  }

  @Override
  void write(UpdateWriter out, int offset) {
    boolean hasOrigin = offset > 0 || originClient != null;
    out.writeInfo(
        content.reference()
            | (hasOrigin ? HAS_ORIGIN : 0)
            | (rightOriginClient != null ? HAS_RIGHT_ORIGIN : 0)
            | (key != null ? HAS_KEY : 0));
    if (offset > 0) {
      out.writeLeft(client.id, clock + offset - 1);
    } else if (originClient != null) {
      out.writeLeft(originClient.id, originClock);
    }
    if (rightOriginClient != null) {
      out.writeRight(rightOriginClient.id, rightOriginClock);
    }
    if (!hasOrigin && rightOriginClient == null) {
      writeParent(out);
    }
    content.write(out, this, offset);
  }

  private void writeParent(UpdateWriter out) {
    switch (parent) {
      case Branch branch when branch.item != null ->
          writeParent(out, branch.item.client.id, branch.item.clock);
      case Branch branch -> writeRoot(out, branch.name);
      case RootName root -> writeRoot(out, root.name());
      case BlockId id -> writeParent(out, id.client(), id.clock());
      case null -> throw new IllegalStateException("item " + id() + " has no parent");
    }
    if (key != null) {
      out.writeString(key);
    }
  }

  private static void writeRoot(UpdateWriter out, String name) {
    out.writeParentIsRoot(true);
    out.writeString(name);
  }

  private static void writeParent(UpdateWriter out, long client, int clock) {
    out.writeParentIsRoot(false);
    out.writeLeft(client, clock);
  }
}
