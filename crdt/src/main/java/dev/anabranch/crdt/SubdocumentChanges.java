package dev.anabranch.crdt;

import java.util.LinkedHashSet;
import java.util.Set;

/// What a transaction did to the documents inside a document.
public final class SubdocumentChanges {
  private final Set<Subdocument> added = new LinkedHashSet<>();
  private final Set<Subdocument> removed = new LinkedHashSet<>();

  public Set<Subdocument> added() {
    return Set.copyOf(added);
  }

  public Set<Subdocument> removed() {
    return Set.copyOf(removed);
  }

  void add(Subdocument subdocument) {
    added.add(subdocument);
  }

  void remove(Subdocument subdocument) {
    if (!added.remove(subdocument)) {
      removed.add(subdocument);
    }
  }

  boolean isEmpty() {
    return added.isEmpty() && removed.isEmpty();
  }
}
