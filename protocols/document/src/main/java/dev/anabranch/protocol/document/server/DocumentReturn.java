package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.SharedType;
import dev.anabranch.crdt.UndoHistory;
import dev.anabranch.crdt.UndoOptions;
import dev.anabranch.crdt.UpdateV1;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// The way from one state of a document to the content of another, earlier or not; pure.
///
/// What was said cannot be unsaid. So a copy of the wanted state hears all that the other one says
/// besides, as one step, and takes that step back: what was inserted is deleted, what was deleted
/// is inserted anew. All this is an update as any other, which merges with what others write
/// meanwhile. The deleted content comes from the wanted state, for the other one may have forgotten
/// it.
final class DocumentReturn {
  private static final String HEARD = "what was said since";

  private DocumentReturn() {}

  /// The update that gives a state the content of another one.
  ///
  /// @param present the state that is to change
  /// @param wanted the state whose content it is to have
  static UpdateV1 update(UpdateV1 present, UpdateV1 wanted, RandomGenerator random) {
    Document document = Document.create(DocumentOptions.forServing(random));
    document.apply(wanted, null);
    Document other = DocumentCopy.load(present, random);
    Set<String> names = new LinkedHashSet<>(document.roots().keySet());
    names.addAll(other.roots().keySet());
    if (!names.isEmpty()) {
      // Undoing goes by blocks: of what kind a root is does not matter to it.
      List<SharedType> roots = names.stream().<SharedType>map(document::map).toList();
      UndoOptions options =
          new UndoOptions(InstantSource.fixed(Instant.EPOCH), 0, Set.of(HEARD), true);
      try (UndoHistory history = UndoHistory.of(roots, options)) {
        document.apply(present, HEARD);
        history.undo();
      }
    }
    return document.encodeV1(other.snapshot());
  }
}
