package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// XML nodes in a row.
public sealed class SharedXmlFragment extends SharedType permits SharedXmlElement {
  SharedXmlFragment(Branch branch) {
    super(branch);
  }

  public final int length() {
    return branch().length;
  }

  public final Element get(int index) {
    checkRange(index, 1);
    Landmark place = Positions.find(branch(), index);
    return Element.at(place.found(), index - place.start);
  }

  public final List<Element> children() {
    return SharedArray.elementsOf(branch());
  }

  public final SharedType insert(int index, NewType type) {
    checkRange(index, 0);
    TypeContent content = type.content();
    edit(transaction -> new ListEditing(transaction, branch()).insert(index, content));
    return of(content.branch);
  }

  /// Puts a node directly behind another of this fragment, or first.
  public final SharedType insertAfter(@Nullable SharedType reference, NewType type) {
    Item item = reference == null ? null : reference.branch().item;
    TypeContent content = type.content();
    edit(transaction -> new ListEditing(transaction, branch()).insertAfter(item, content));
    return of(content.branch);
  }

  public final void delete(int index, int length) {
    checkRange(index, length);
    if (length > 0) {
      edit(transaction -> new ListEditing(transaction, branch()).delete(index, length));
    }
  }

  @Override
  public String toString() {
    return children().stream().map(SharedXmlFragment::textOf).collect(Collectors.joining());
  }

  static String textOf(Element child) {
    return switch (child) {
      case Element.Shared(SharedType type) -> type.toString();
      case Element.Plain(Any value) -> SharedXmlElement.plain(value);
      case Element.Inner ignored -> "";
    };
  }
}
