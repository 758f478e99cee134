package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// A list of values and types.
public final class SharedArray extends SharedType {
  SharedArray(Branch branch) {
    super(branch);
  }

  public int length() {
    return branch().length;
  }

  public Element get(int index) {
    checkRange(index, 1);
    Landmark place = Positions.find(branch(), index);
    return Element.at(place.found(), index - place.start);
  }

  public List<Element> elements() {
    return elementsOf(branch());
  }

  public void insert(int index, List<Any> values) {
    change(index, (editing, at) -> editing.insert(at, values));
  }

  public void insert(int index, Any value) {
    insert(index, List.of(value));
  }

  /// Puts values behind everything.
  public void append(List<Any> values) {
    edit(transaction -> new ListEditing(transaction, branch()).append(values));
  }

  public SharedType insertType(int index, NewType type) {
    TypeContent content = type.content();
    change(index, (editing, at) -> editing.insert(at, content));
    return of(content.branch);
  }

  public SharedType appendType(NewType type) {
    TypeContent content = type.content();
    edit(transaction -> new ListEditing(transaction, branch()).append(content));
    return of(content.branch);
  }

  public void insertDocument(int index, Subdocument document) {
    change(index, (editing, at) -> editing.insert(at, new DocumentContent(document)));
  }

  public void delete(int index, int length) {
    checkRange(index, length);
    if (length > 0) {
      edit(transaction -> new ListEditing(transaction, branch()).delete(index, length));
    }
  }

  static List<Element> elementsOf(Branch branch) {
    List<Element> elements = new ArrayList<>(branch.length);
    for (Item item = branch.start; item != null; item = item.right) {
      if (item.isVisible()) {
        elements.addAll(Element.of(item));
      }
    }
    return elements;
  }

  private void change(int index, BiConsumer<ListEditing, Integer> change) {
    checkRange(index, 0);
    edit(transaction -> change.accept(new ListEditing(transaction, branch()), index));
  }
}
