package dev.anabranch.crdt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds the item at an index of a long list, and the index of an item: a tree over the list.
///
/// A leaf stands for some neighbouring items, the nodes above sum up what is to be seen and how
/// many marks are in force below them. Lists get an index when somebody looks far into them; who
/// only merges and encodes never pays for one.
final class PositionIndex {
  private static final int LEAF_FILL = 24;
  private static final int LEAF_MAX = 48;
  private static final int NODE_FILL = 12;
  private static final int NODE_MAX = 24;

  private Node root;
  private final Branch branch;

  private PositionIndex(Branch branch, Node root) {
    this.branch = branch;
    this.root = root;
  }

  static PositionIndex over(Branch branch) {
    PositionIndex index = new PositionIndex(branch, new Leaf());
    List<Node> level = index.leaves();
    while (level.size() > 1) {
      level = parents(level);
    }
    index.root = level.getFirst();
    return index;
  }

  /// Goes to the item that holds the unit at an index.
  void find(int index, Landmark landmark) {
    int rest = index;
    Node node = root;
    while (node instanceof Inner inner) {
      int i = 0;
      while (rest >= inner.children.get(i).length) {
        rest -= inner.children.get(i++).length;
      }
      node = inner.children.get(i);
    }
    Item item = ((Leaf) node).first;
    while (item != null) {
      int length = item.isVisible() ? item.length : 0;
      if (rest < length) {
        landmark.set(item, index - rest);
        return;
      }
      rest -= length;
      item = item.right;
    }
    throw new IllegalStateException("the index lost unit " + index + " of " + branch.length);
  }

  /// How many units are to be seen before an item.
  @SuppressWarnings("ReferenceEquality") // nodes and items are themselves
  static int indexOf(Leaf leaf, Item item) {
    int before = 0;
    for (Item other = leaf.first; other != item && other != null; other = other.right) {
      before += other.isVisible() ? other.length : 0;
    }
    for (Node node = leaf; node.parent != null; node = node.parent) {
      List<Node> siblings = node.parent.children;
      for (int i = 0; siblings.get(i) != node; i++) {
        before += siblings.get(i).length;
      }
    }
    return before;
  }

  /// Shows the marks that begin or end before an item, in their order.
  @SuppressWarnings("ReferenceEquality") // the very item
  static void forEachMark(Leaf leaf, Item until, Consumer<FormatContent> action) {
    marksBefore(leaf, action);
    if (leaf.marks > 0) {
      for (Item item = leaf.first; item != until && item != null; item = item.right) {
        showMark(item, action);
      }
    }
  }

  /// Shows the marks to the left of a node, from the top down.
  @SuppressWarnings("ReferenceEquality") // nodes are themselves
  private static void marksBefore(Node node, Consumer<FormatContent> action) {
    Inner above = node.parent;
    if (above == null) {
      return;
    }
    marksBefore(above, action);
    for (int i = 0; above.children.get(i) != node; i++) {
      allMarks(above.children.get(i), action);
    }
  }

  private static void allMarks(Node node, Consumer<FormatContent> action) {
    if (node.marks == 0) {
      return;
    }
    if (node instanceof Inner inner) {
      inner.children.forEach(child -> allMarks(child, action));
    } else if (node instanceof Leaf leaf) {
      Item item = leaf.first;
      for (int i = 0; i < leaf.count && item != null; i++, item = item.right) {
        showMark(item, action);
      }
    }
  }

  private static void showMark(Item item, Consumer<FormatContent> action) {
    if (item.content instanceof FormatContent format && !item.isDeleted()) {
      action.accept(format);
    }
  }

  /// Takes in an item that was just linked into the list.
  void add(Item item) {
    Item left = item.left;
    if (left != null && left.leaf != null) {
      left.leaf.add(item);
    } else {
      Node node = root;
      while (node instanceof Inner inner) {
        node = inner.children.getFirst();
      }
      Leaf leaf = (Leaf) node;
      leaf.first = item;
      leaf.add(item);
    }
  }

  private List<Node> leaves() {
    List<Node> leaves = new ArrayList<>();
    Leaf leaf = new Leaf();
    leaf.index = this;
    leaves.add(leaf);
    for (Item item = branch.start; item != null; item = item.right) {
      if (leaf.count == LEAF_FILL) {
        leaf = new Leaf();
        leaf.index = this;
        leaves.add(leaf);
      }
      if (leaf.first == null) {
        leaf.first = item;
      }
      item.leaf = leaf;
      leaf.count++;
      leaf.length += item.isVisible() ? item.length : 0;
      leaf.marks += item.isLiveFormat() ? 1 : 0;
    }
    return leaves;
  }

  private static List<Node> parents(List<Node> level) {
    List<Node> parents = new ArrayList<>();
    for (int i = 0; i < level.size(); i += NODE_FILL) {
      Inner inner = new Inner();
      level.subList(i, Math.min(i + NODE_FILL, level.size())).forEach(inner::append);
      parents.add(inner);
    }
    return parents;
  }

  abstract static sealed class Node permits Leaf, Inner {
    @Nullable Inner parent;
    int length;
    int marks;

    final void change(int units, int formats) {
      for (Node node = this; node != null; node = node.parent) {
        node.length += units;
        node.marks += formats;
      }
    }
  }

  private static final class Inner extends Node {
    final List<Node> children = new ArrayList<>(NODE_MAX + 1);

    void append(Node child) {
      child.parent = this;
      children.add(child);
      length += child.length;
      marks += child.marks;
    }
  }

  /// Some neighbouring items.
  static final class Leaf extends Node {
    @Nullable Item first;
    int count;
    @Nullable PositionIndex index;

    void add(Item item) {
      take(item);
      change(item.isVisible() ? item.length : 0, item.isLiveFormat() ? 1 : 0);
      splitIfFull();
    }

    /// The right part of an item of this leaf; what is to be seen stays the same.
    void addAfterSplit(Item tail) {
      take(tail);
      splitIfFull();
    }

    /// Stops counting an item that is about to be deleted.
    void hide(Item item) {
      change(item.isVisible() ? -item.length : 0, item.isLiveFormat() ? -1 : 0);
    }

    /// One item, which is already unlinked, becomes part of another that is in this leaf.
    @SuppressWarnings("ReferenceEquality") // nodes and items are themselves
    void mergeFrom(Item gone, Item into) {
      Leaf from = gone.leaf;
      if (from == null) {
        return;
      }
      if (from != this && gone.isVisible()) {
        from.change(-gone.length, 0);
        change(gone.length, 0);
      }
      from.count--;
      if (from.first == gone) {
        from.first = from.count == 0 ? null : gone.right;
      }
      gone.leaf = null;
      if (from.count == 0) {
        from.remove();
      }
    }

    private void take(Item item) {
      item.leaf = this;
      count++;
    }

    private void splitIfFull() {
      if (count <= LEAF_MAX || first == null) {
        return;
      }
      Leaf tail = new Leaf();
      tail.index = index;
      Item item = first;
      for (int i = 0; i < count / 2 && item != null; i++) {
        item = item.right;
      }
      tail.first = item;
      int moved = count - count / 2;
      for (int i = 0; i < moved && item != null; i++, item = item.right) {
        item.leaf = tail;
        tail.length += item.isVisible() ? item.length : 0;
        tail.marks += item.isLiveFormat() ? 1 : 0;
      }
      tail.count = moved;
      count -= moved;
      length -= tail.length;
      marks -= tail.marks;
      owner().insertAfter(this, tail);
    }

    private void remove() {
      Node node = this;
      while (node.parent != null) {
        Inner above = node.parent;
        above.children.remove(node);
        if (!above.children.isEmpty()) {
          return;
        }
        node = above;
      }
      owner().root = this;
      parent = null;
    }

    private PositionIndex owner() {
      if (index == null) {
        throw new IllegalStateException("a leaf without its index");
      }
      return index;
    }
  }

  /// Puts a node next to another whose length and marks it took a part of.
  private void insertAfter(Node node, Node next) {
    Inner above = node.parent;
    if (above == null) {
      Inner top = new Inner();
      top.append(node);
      top.append(next);
      root = top;
      return;
    }
    next.parent = above;
    above.children.add(above.children.indexOf(node) + 1, next);
    if (above.children.size() > NODE_MAX) {
      Inner half = new Inner();
      List<Node> tail = above.children.subList(NODE_MAX / 2, above.children.size());
      tail.forEach(half::append);
      tail.clear();
      above.length -= half.length;
      above.marks -= half.marks;
      insertAfter(above, half);
    }
  }
}
