package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Changes the list of a type: arrays and XML children.
final class ListEditing {
  private final Transaction transaction;
  private final Branch branch;
  private final ItemIntegration integration;

  ListEditing(Transaction transaction, Branch branch) {
    this.transaction = transaction;
    this.branch = branch;
    this.integration = new ItemIntegration(transaction);
  }

  void insert(int index, List<Any> values) {
    insertAfter(Positions.leftOf(transaction, branch, index), values);
  }

  /// Puts values behind everything, also behind what was deleted at the end, as Yjs's `push` does.
  void append(List<Any> values) {
    insertAfter(last(), values);
  }

  void insert(int index, Content content) {
    insertOne(Positions.leftOf(transaction, branch, index), content);
  }

  void append(Content content) {
    insertOne(last(), content);
  }

  void insertAfter(@Nullable Item reference, Content content) {
    insertOne(reference, content);
  }

  void delete(int index, int length) {
    Item left = Positions.leftOf(transaction, branch, index);
    Item item = left == null ? branch.start : left.right;
    int rest = length;
    while (rest > 0 && item != null) {
      if (!item.isDeleted()) {
        if (rest < item.length) {
          item.client.startingAt(transaction, item.clock + rest);
        }
        item.delete(transaction);
        rest -= item.length;
      }
      item = item.right;
    }
  }

  /// Values side by side become one item; bytes stand alone.
  private void insertAfter(@Nullable Item reference, List<Any> values) {
    Item right = rightOf(reference);
    Item left = reference;
    List<Any> run = new ArrayList<>();
    for (Any value : values) {
      if (value instanceof Any.Binary binary) {
        left = insertRun(left, right, run);
        run = new ArrayList<>();
        left = insertBetween(left, right, new BinaryContent(binary.value()), 1);
      } else {
        run.add(value);
      }
    }
    insertRun(left, right, run);
  }

  private @Nullable Item insertRun(@Nullable Item left, @Nullable Item right, List<Any> run) {
    return run.isEmpty() ? left : insertBetween(left, right, new AnyContent(run), run.size());
  }

  private void insertOne(@Nullable Item left, Content content) {
    insertBetween(left, rightOf(left), content, 1);
  }

  private Item insertBetween(
      @Nullable Item left, @Nullable Item right, Content content, int length) {
    Item item = Item.between(transaction, branch, left, right, content, length);
    integration.insert(item);
    return item;
  }

  private @Nullable Item rightOf(@Nullable Item left) {
    return left == null ? branch.start : left.right;
  }

  private @Nullable Item last() {
    Item item =
        branch.length == 0 ? branch.start : Positions.find(branch, branch.length - 1).found();
    while (item != null && item.right != null) {
      item = item.right;
    }
    return item;
  }
}
