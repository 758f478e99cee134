package dev.anabranch.crdt;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Takes back what was changed here, without touching what others changed.
///
/// Undoing inserts anew what was deleted and deletes what was inserted, so it is a change as any
/// other. While a deletion can be undone its content is kept.
public final class UndoHistory implements AutoCloseable {
  private final Document document;
  private final List<Branch> scope;
  private final UndoOptions options;
  private final Subscription subscription;
  private List<Step> undoable = new ArrayList<>();
  private List<Step> redoable = new ArrayList<>();
  private boolean undoing;
  private boolean redoing;
  private long lastChangeMillis;
  private boolean captures;

  private UndoHistory(Document document, List<Branch> scope, UndoOptions options) {
    this.document = document;
    this.scope = scope;
    this.options = options;
    this.subscription = document.afterTransaction().add(this::notice);
  }

  /// Changes that are undone together.
  static final class Step {
    DeleteSet insertions;
    DeleteSet deletions;

    Step(DeleteSet insertions, DeleteSet deletions) {
      this.insertions = insertions;
      this.deletions = deletions;
    }
  }

  /// Begins to notice changes of some types and of what is in them.
  public static UndoHistory of(List<SharedType> types, UndoOptions options) {
    return new UndoHistory(
        types.getFirst().document(), types.stream().map(SharedType::branch).toList(), options);
  }

  public boolean canUndo() {
    return !undoable.isEmpty();
  }

  public boolean canRedo() {
    return !redoable.isEmpty();
  }

  /// The next change begins a step of its own.
  public void stopCapturing() {
    captures = false;
  }

  /// Takes the last step back; answers whether there was one that still meant something.
  public boolean undo() {
    undoing = true;
    try {
      return takeBack(undoable);
    } finally {
      undoing = false;
    }
  }

  public boolean redo() {
    redoing = true;
    try {
      return takeBack(redoable);
    } finally {
      redoing = false;
    }
  }

  /// Forgets all steps.
  public void clear() {
    clear(true, true);
  }

  @Override
  public void close() {
    subscription.close();
  }

  Document document() {
    return document;
  }

  boolean ignoresRemoteMapChanges() {
    return options.ignoresRemoteMapChanges();
  }

  /// Whether a step that can still be undone or redone deleted a unit.
  boolean holdsDeletionOf(Item item) {
    return holds(undoable, item) || holds(redoable, item);
  }

  boolean covers(Item item) {
    for (Branch type : scope) {
      if (ItemSearch.isWithin(type, item)) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(List<Step> steps, Item item) {
    return steps.stream().anyMatch(step -> step.deletions.contains(item.client.id, item.clock));
  }

  private boolean takeBack(List<Step> steps) {
    Reversal reversal = new Reversal(this);
    document.transact(
        this,
        transaction -> {
          while (!steps.isEmpty() && !reversal.hasChanged()) {
            reversal.run(transaction, steps.removeLast());
          }
        });
    return reversal.hasChanged();
  }

  private void notice(ClosedTransaction closed) {
    Transaction transaction = closed.transaction();
    if (scope.stream().noneMatch(closed.changedTypes()::containsKey)
        || !isNoticed(transaction.origin())) {
      return;
    }
    List<Step> steps = undoing ? redoable : undoable;
    if (undoing) {
      stopCapturing();
    } else if (!redoing) {
      clear(false, true);
    }
    add(undoing ? redoable : steps, transaction);
    transaction.deletions().forEachItem(transaction, item -> keep(item, true));
  }

  @SuppressWarnings("ReferenceEquality") // the very history
  private boolean isNoticed(@Nullable Object origin) {
    return origin == this || options.origins().contains(origin);
  }

  private void add(List<Step> steps, Transaction transaction) {
    long now = options.clock().millis();
    boolean joins =
        captures
            && now - lastChangeMillis < options.captureMillis()
            && !steps.isEmpty()
            && !undoing
            && !redoing;
    if (joins) {
      Step last = steps.getLast();
      last.deletions = DeleteSet.union(List.of(last.deletions, transaction.deletions()));
      last.insertions = DeleteSet.union(List.of(last.insertions, transaction.insertions()));
    } else {
      steps.add(new Step(transaction.insertions(), transaction.deletions()));
    }
    if (!undoing && !redoing) {
      lastChangeMillis = now;
      captures = true;
    }
  }

  private void clear(boolean undo, boolean redo) {
    if (!(undo && canUndo()) && !(redo && canRedo())) {
      return;
    }
    document.transact(
        null,
        transaction -> {
          if (undo) {
            undoable.forEach(step -> release(transaction, step));
            undoable = new ArrayList<>();
          }
          if (redo) {
            redoable.forEach(step -> release(transaction, step));
            redoable = new ArrayList<>();
          }
        });
  }

  private void release(Transaction transaction, Step step) {
    step.deletions.forEachItem(transaction, item -> keep(item, false));
  }

  private void keep(Item item, boolean kept) {
    if (covers(item)) {
      Reversal.keep(item, kept);
    }
  }

  /// The items of a step's deletions that are within the scope.
  Set<Item> deletedItems(Transaction transaction, Step step) {
    Set<Item> items = new LinkedHashSet<>();
    step.deletions.forEachItem(
        transaction,
        item -> {
          if (covers(item) && !step.insertions.contains(item.client.id, item.clock)) {
            items.add(item);
          }
        });
    return items;
  }
}
