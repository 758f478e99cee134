package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a transaction did to the list of a type.
///
/// Looks at the changed items only, as long as no mark changed; else it walks the whole text.
final class TypeDelta {
  private final Branch branch;
  private final Transaction transaction;
  private final DeltaBuilder delta = new DeltaBuilder();

  TypeDelta(Branch branch, Transaction transaction) {
    this.branch = branch;
    this.transaction = transaction;
  }

  List<DeltaOperation> compute() {
    Item only = branch.hasFormatting ? null : onlyChanged();
    if (only != null) {
      return ofOne(only);
    }
    List<Change> changes = changes();
    if (changes == null) {
      new MarkedDelta().walk();
    } else {
      fromChanges(changes);
    }
    return delta.finish();
  }

  /// The text that is all of the change, written or deleted: a keystroke. Nothing for any other.
  private @Nullable Item onlyChanged() {
    List<Transaction.Touched> touched = transaction.touched();
    Block block = null;
    if (touched.isEmpty()) {
      block = transaction.deletions().onlyBlock(branch.document().store());
    } else if (touched.size() == 1 && transaction.deletions().isEmpty()) {
      Transaction.Touched one = touched.getFirst();
      block = one.client.only(one.before, one.after);
    }
    return block instanceof Item item && isTextHere(item) ? item : null;
  }

  @SuppressWarnings("ReferenceEquality") // types are themselves
  private boolean isTextHere(Item item) {
    return item.parent == branch && item.key == null && item.content instanceof TextContent;
  }

  private List<DeltaOperation> ofOne(Item item) {
    DeltaOperation operation =
        item.isDeleted()
            ? new DeltaOperation.Delete(item.length)
            : new DeltaOperation.InsertText(((TextContent) item.content).text(item), Map.of());
    int start = Positions.indexOf(branch, item);
    return start == 0
        ? List.of(operation)
        : List.of(new DeltaOperation.Retain(start, Map.of()), operation);
  }

  /// A changed item, where it is to be seen, and its first new unit.
  private record Change(Item item, int index, int from) {
    boolean isDeletion() {
      return item.isDeleted();
    }
  }

  /// The changed items in their order, or nothing if a mark is among them.
  private @Nullable List<Change> changes() {
    List<Item> items = new ArrayList<>();
    for (Transaction.Touched touched : transaction.touched()) {
      if (touched.before < touched.after) {
        collect(touched.client, touched.before, touched.after, items);
      }
    }
    collectDeleted(items);
    List<Change> changes = new ArrayList<>(items.size());
    for (Item item : items) {
      if (item.content instanceof FormatContent) {
        return null;
      }
      int from = Math.max(0, transaction.before(item.client) - item.clock);
      boolean isNews = item.isDeleted() ? from > 0 : item.isCountable();
      if (isNews) {
        changes.add(new Change(item, Positions.indexOf(branch, item), item.isDeleted() ? 0 : from));
      }
    }
    if (changes.size() > 1) {
      changes.sort(
          Comparator.comparingInt(Change::index).thenComparing(change -> !change.isDeletion()));
    }
    return changes;
  }

  private void collectDeleted(List<Item> items) {
    transaction
        .deletions()
        .forEach((id, ranges) -> {
          ClientBlocks client = branch.document().store().client(id);
          for (int i = 0; client != null && i < ranges.size(); i++) {
            int to = Math.min(ranges.end(i), transaction.before(client));
            if (ranges.clock(i) < to) {
              collect(client, ranges.clock(i), to, items);
            }
          }
        });
  }

  @SuppressWarnings("ReferenceEquality") // types are themselves
  private void collect(ClientBlocks client, int from, int to, List<Item> items) {
    for (int i = client.indexOf(from); i < client.size() && client.get(i).clock < to; i++) {
      if (client.get(i) instanceof Item item && item.parent == branch && item.key == null) {
        items.add(item);
      }
    }
  }

  private void fromChanges(List<Change> changes) {
    int seen = 0;
    for (Change change : changes) {
      Item item = change.item();
      int start = change.index() + change.from();
      if (start > seen) {
        delta.retain(start - seen, Map.of());
      }
      if (change.isDeletion()) {
        delta.delete(item.length);
        seen = start;
      } else {
        insert(
            item, change.from(), branch.hasFormatting ? Positions.marksAt(branch, item) : Map.of());
        seen = change.index() + item.length;
      }
    }
  }

  private void insert(Item item, int from, Map<String, Any> marks) {
    if (item.content instanceof TextContent) {
      delta.insertText(item, from, marks);
    } else {
      List<Element> elements = Element.of(item);
      delta.insertElements(elements.subList(from, elements.size()), marks, branch.kind.isText());
    }
  }

  /// Walks a whole text and works out which marks appeared and went.
  private final class MarkedDelta {
    private final TextCursor now = TextCursor.atStart(branch);
    private final Map<String, Any> before = new LinkedHashMap<>();
    private final Map<String, Any> changed = new LinkedHashMap<>();

    void walk() {
      for (Item item = branch.start; item != null; item = item.right) {
        if (item.content instanceof FormatContent format) {
          passMark(item, format);
        } else {
          passUnits(item);
        }
      }
    }

    private void passUnits(Item item) {
      int added = Math.clamp(transaction.before(item.client) - item.clock, 0, item.length);
      if (item.isDeleted()) {
        if (added > 0 && transaction.deletes(item)) {
          delta.delete(item.length);
        }
        return;
      }
      if (added > 0) {
        delta.retain(added, changed);
      }
      if (added < item.length) {
        insert(item, added, now.marks());
      }
    }

    private void passMark(Item item, FormatContent format) {
      if (transaction.adds(item)) {
        if (!item.isDeleted()) {
          passNewMark(format);
        }
      } else if (transaction.deletes(item)) {
        before.put(format.key, format.value);
        Any current = now.mark(format.key);
        if (!Any.areEqualMarks(current, format.value)) {
          changed.put(format.key, current);
        }
      } else if (!item.isDeleted()) {
        passOldMark(format);
      }
      if (!item.isDeleted()) {
        now.pass(format);
      }
    }

    private void passNewMark(FormatContent format) {
      if (!Any.areEqualMarks(now.mark(format.key), format.value)) {
        if (Any.areEqualMarks(format.value, before.getOrDefault(format.key, Any.NULL))) {
          changed.remove(format.key);
        } else {
          changed.put(format.key, format.value);
        }
      }
    }

    private void passOldMark(FormatContent format) {
      before.put(format.key, format.value);
      Any change = changed.get(format.key);
      if (change != null && !Any.areEqualMarks(change, format.value)) {
        if (format.value instanceof Any.Null) {
          changed.remove(format.key);
        } else {
          changed.put(format.key, format.value);
        }
      }
    }
  }
}
