package dev.anabranch.crdt;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// A part of a document that several people change at once.
public abstract sealed class SharedType
    permits SharedArray, SharedMap, SharedText, SharedXmlFragment, SharedXmlHook {
  private final Branch branch;

  SharedType(Branch branch) {
    this.branch = branch;
  }

  /// The one view of a type; a root that nobody asked for by kind yet looks like an array.
  static SharedType of(Branch branch) {
    SharedType view = branch.view;
    if (view == null) {
      view =
          switch (branch.kind) {
            case ARRAY, UNKNOWN -> new SharedArray(branch);
            case MAP -> new SharedMap(branch);
            case TEXT -> new SharedText(branch);
            case XML_ELEMENT -> new SharedXmlElement(branch);
            case XML_FRAGMENT -> new SharedXmlFragment(branch);
            case XML_HOOK -> new SharedXmlHook(branch);
            case XML_TEXT -> new SharedXmlText(branch);
          };
      if (branch.kind != TypeKind.UNKNOWN) {
        branch.view = view;
      }
    }
    return view;
  }

  public final TypeKind kind() {
    return branch.kind;
  }

  public final Document document() {
    return branch.document();
  }

  /// Whether the type was deleted, with or without what it stands in.
  public final boolean isDeleted() {
    return branch.isDeleted();
  }

  /// Tells of each transaction that changes this type.
  public final Subscription observe(Consumer<TypeEvent> observer) {
    return observers().own.add(observer);
  }

  /// Tells of each transaction that changes this type or one in it, with all their events.
  public final Subscription observeDeep(Consumer<List<TypeEvent>> observer) {
    document().watchFromAbove();
    return observers().deep.add(observer);
  }

  final Branch branch() {
    return branch;
  }

  final void edit(Consumer<Transaction> changes) {
    document().transact(null, changes);
  }

  final <R> R editFor(Function<Transaction, R> change) {
    Result<R> result = new Result<>();
    edit(transaction -> result.value = List.of(change.apply(transaction)));
    return result.value.getFirst();
  }

  private static final class Result<R> {
    List<R> value = List.of();
  }

  final void checkRange(int index, int length) {
    if (index < 0 || length < 0 || index > branch.length - length) {
      throw new IndexOutOfBoundsException(
          length + " units at " + index + " of a length of " + branch.length);
    }
  }

  private Observers observers() {
    Observers observers = branch.observers;
    if (observers == null) {
      document().watch();
      observers = new Observers();
      branch.observers = observers;
    }
    return observers;
  }
}
