package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptOrder;
import java.util.List;
import java.util.Map;

/// One step of a change to a list or a text, as seen from the start.
public sealed interface DeltaOperation {
  /// Goes over units; marks that are given are set, or taken away with null.
  record Retain(int length, Map<String, Any> marks) implements DeltaOperation {
    public Retain {
      marks = JavaScriptOrder.copyOf(marks);
    }
  }

  record Delete(int length) implements DeltaOperation {}

  record InsertText(String text, Map<String, Any> marks) implements DeltaOperation {
    public InsertText {
      marks = JavaScriptOrder.copyOf(marks);
    }
  }

  /// Puts elements in: several into an array, one embed or type into a text.
  record InsertElements(List<Element> elements, Map<String, Any> marks) implements DeltaOperation {
    public InsertElements {
      elements = List.copyOf(elements);
      marks = JavaScriptOrder.copyOf(marks);
    }
  }
}
