package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Collects the steps of a delta; neighbours of one kind become one.
final class DeltaBuilder {
  private final List<DeltaOperation> operations = new ArrayList<>();
  private final StringBuilder text = new StringBuilder(0);
  private List<Element> elements = List.of();
  private Map<String, Any> marks = Map.of();
  private int retained;
  private int deleted;

  void retain(int length, Map<String, Any> changedMarks) {
    if (retained == 0 || !marks.equals(changedMarks)) {
      flush();
      marks = Map.copyOf(changedMarks);
    }
    retained += length;
  }

  void delete(int length) {
    if (deleted == 0) {
      flush();
    }
    deleted += length;
  }

  void insertText(Item item, int from, Map<String, Any> itsMarks) {
    if (text.isEmpty() || !marks.equals(itsMarks)) {
      flush();
      marks = Map.copyOf(itsMarks);
    }
    ((TextContent) item.content).appendTo(text, item, from, item.length);
  }

  void insertElements(List<Element> more, Map<String, Any> itsMarks, boolean alone) {
    if (elements.isEmpty() || alone) {
      flush();
      marks = Map.copyOf(itsMarks);
      elements = new ArrayList<>(more);
    } else {
      elements.addAll(more);
    }
  }

  /// Begins a step of its own for what follows, also if it is of the same kind.
  void separate() {
    flush();
  }

  /// The steps without what is retained unchanged at the end.
  List<DeltaOperation> finish() {
    flush();
    while (!operations.isEmpty()
        && operations.getLast() instanceof DeltaOperation.Retain last
        && last.marks().isEmpty()) {
      operations.removeLast();
    }
    return List.copyOf(operations);
  }

  private void flush() {
    if (retained > 0) {
      operations.add(new DeltaOperation.Retain(retained, marks));
    } else if (deleted > 0) {
      operations.add(new DeltaOperation.Delete(deleted));
    } else if (!text.isEmpty()) {
      operations.add(new DeltaOperation.InsertText(text.toString(), marks));
    } else if (!elements.isEmpty()) {
      operations.add(new DeltaOperation.InsertElements(elements, marks));
    }
    retained = 0;
    deleted = 0;
    text.setLength(0);
    elements = List.of();
  }
}
