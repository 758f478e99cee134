package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A text with marks and embeds; positions count UTF-16 code units, an embed counts one.
public sealed class SharedText extends SharedType permits SharedXmlText {
  SharedText(Branch branch) {
    super(branch);
  }

  public final int length() {
    return branch().length;
  }

  /// Inserts with the marks that are in force at the place.
  public final void insert(int index, String text) {
    insertText(index, text, null);
  }

  /// Inserts with exactly these marks.
  public final void insert(int index, String text, Map<String, Any> marks) {
    insertText(index, text, marks);
  }

  public final void insertEmbed(int index, Any embed, Map<String, Any> marks) {
    change(index, 0, at -> at.insert(at.cursor(), new EmbedContent(embed), marks));
  }

  /// Puts an empty type into the text, as one unit.
  public final SharedType insertType(int index, NewType type, Map<String, Any> marks) {
    TypeContent content = type.content();
    change(index, 0, at -> at.insert(at.cursor(), content, marks));
    return of(content.branch);
  }

  public final void delete(int index, int length) {
    if (length > 0) {
      change(index, length, at -> at.delete(at.cursor(), length));
    }
  }

  /// Gives marks to a part of the text, or takes them away with null.
  public final void format(int index, int length, Map<String, Any> marks) {
    if (length > 0) {
      change(index, length, at -> at.format(at.cursor(), length, marks));
    }
  }

  /// Applies the steps of a delta from the start of the text.
  public final void applyDelta(List<DeltaOperation> delta) {
    edit(transaction -> {
      TextEditing editing = new TextEditing(transaction, branch(), 0);
      TextCursor cursor = editing.cursor();
      delta.forEach(operation -> apply(editing, cursor, operation));
    });
  }

  public final @Nullable Element attribute(String key) {
    return MapEditing.get(branch(), key);
  }

  public final Map<String, Element> attributes() {
    return MapEditing.all(branch());
  }

  public final void setAttribute(String key, Any value) {
    edit(t -> MapEditing.put(t, branch(), key, MapEditing.contentOf(value)));
  }

  public final void removeAttribute(String key) {
    edit(transaction -> MapEditing.remove(transaction, branch(), key));
  }

  /// The text with its marks and embeds; every mark begins a new step, also a redundant one.
  public final List<DeltaOperation> delta() {
    DeltaBuilder delta = new DeltaBuilder();
    TextCursor cursor = TextCursor.atStart(branch());
    while (cursor.right != null) {
      Item item = cursor.right;
      if (item.isVisible() && item.content instanceof TextContent) {
        delta.insertText(item, 0, cursor.marks());
      } else if (item.isVisible()) {
        delta.insertElements(Element.of(item), cursor.marks(), true);
      } else if (item.isLiveFormat()) {
        delta.separate();
      }
      cursor.forward();
    }
    return delta.finish();
  }

  /// The text without marks and embeds.
  public final String text() {
    StringBuilder out = new StringBuilder(branch().length);
    for (Item item = branch().start; item != null; item = item.right) {
      if (item.isVisible() && item.content instanceof TextContent text) {
        text.appendTo(out, item, 0, item.length);
      }
    }
    return out.toString();
  }

  private void insertText(int index, String text, @Nullable Map<String, Any> marks) {
    if (!text.isEmpty()) {
      change(index, 0, at -> at.insert(at.cursor(), text, marks));
    } else {
      checkRange(index, 0);
    }
  }

  private static void apply(TextEditing editing, TextCursor cursor, DeltaOperation operation) {
    switch (operation) {
      case DeltaOperation.InsertText insert ->
          editing.insert(cursor, insert.text(), insert.marks());
      case DeltaOperation.InsertElements insert ->
          insert
              .elements()
              .forEach(element -> editing.insert(cursor, contentOf(element), insert.marks()));
      case DeltaOperation.Retain retain -> editing.format(cursor, retain.length(), retain.marks());
      case DeltaOperation.Delete delete -> editing.delete(cursor, delete.length());
    }
  }

  private static Content contentOf(Element element) {
    return switch (element) {
      case Element.Plain(Any value) -> new EmbedContent(value);
      case Element.Shared ignored ->
          throw new IllegalArgumentException("a type is inserted with insertType");
      case Element.Inner(Subdocument document) -> new DocumentContent(document);
    };
  }

  private void change(int index, int length, Consumer<TextEditing> change) {
    checkRange(index, length);
    edit(transaction -> change.accept(new TextEditing(transaction, branch(), index)));
  }
}
