package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A transaction changed a type.
///
/// What exactly is worked out when it is asked for, and must be asked for while the observer runs.
public final class TypeEvent {
  private final Branch branch;
  private final Transaction transaction;
  private final Set<@Nullable String> keys;

  TypeEvent(Branch branch, Transaction transaction, Set<@Nullable String> keys) {
    this.branch = branch;
    this.transaction = transaction;
    this.keys = keys;
  }

  /// What happened to a key.
  public enum KeyAction {
    ADDED,
    UPDATED,
    REMOVED
  }

  /// @param before the value that was there; absent if there was none
  public record KeyChange(KeyAction action, @Nullable Element before) {}

  public SharedType target() {
    return SharedType.of(branch);
  }

  public Transaction transaction() {
    return transaction;
  }

  /// Whether the list changed, not only keys.
  public boolean isListChanged() {
    return keys.contains(null);
  }

  /// The smallest change that makes the list what it is now; empty if only keys changed.
  public List<DeltaOperation> delta() {
    return isListChanged() ? new TypeDelta(branch, transaction).compute() : List.of();
  }

  public Map<String, KeyChange> keys() {
    Map<String, KeyChange> changes = new LinkedHashMap<>();
    for (String key : keys) {
      Item item = key == null ? null : branch.entry(key);
      KeyChange change = item == null ? null : changeOf(item);
      if (key != null && change != null) {
        changes.put(key, change);
      }
    }
    return changes;
  }

  private @Nullable KeyChange changeOf(Item item) {
    if (!transaction.adds(item)) {
      return transaction.deletes(item)
          ? new KeyChange(KeyAction.REMOVED, Element.last(item))
          : null;
    }
    Item previous = item.left;
    while (previous != null && transaction.adds(previous)) {
      previous = previous.left;
    }
    Element before =
        previous != null && transaction.deletes(previous) ? Element.last(previous) : null;
    if (transaction.deletes(item)) {
      return before == null ? null : new KeyChange(KeyAction.REMOVED, before);
    }
    return new KeyChange(before == null ? KeyAction.ADDED : KeyAction.UPDATED, before);
  }

  /// The keys and indexes that lead from a type to the changed one.
  public List<Any> pathFrom(SharedType ancestor) {
    return pathFrom(ancestor.branch());
  }

  Branch branch() {
    return branch;
  }

  @SuppressWarnings("ReferenceEquality") // types are themselves
  List<Any> pathFrom(Branch ancestor) {
    LinkedList<Any> path = new LinkedList<>();
    Branch type = branch;
    while (type != ancestor && type.item != null) {
      Item item = type.item;
      Branch above = item.branch();
      path.addFirst(item.key != null ? Any.of(item.key) : Any.of(Positions.indexOf(above, item)));
      type = above;
    }
    return path;
  }
}
