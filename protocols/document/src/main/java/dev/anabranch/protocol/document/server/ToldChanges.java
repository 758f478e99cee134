package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.link.Frame;
import dev.anabranch.link.SharedFrame;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.protocol.document.wire.DocumentCodec;
import dev.anabranch.protocol.document.wire.DocumentMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// An announcement's changes of documents in one framing: encoded once, shared by all sessions of a
/// lane.
final class ToldChanges implements AutoCloseable {

  /// One change of a document.
  ///
  /// @param key the writer's key, and
  /// @param author whose it is: together a session knows its own by them
  /// @param said null = it has no words for others
  /// @param frame the same, encoded
  /// @param deletes whether the document is gone
  record Told(
      WriteKey key,
      PrincipalId author,
      DocumentMessage.@Nullable ToClient said,
      @Nullable SharedFrame frame,
      boolean deletes) {}

  private final Map<EntityKey, List<Told>> documents = new HashMap<>();

  private ToldChanges() {}

  static ToldChanges of(List<Change> changes, Function<EntityKey, DocumentCodec> codecs) {
    ToldChanges told = new ToldChanges();
    for (Change change : changes) {
      if (change.entity().model().equals(DocumentAddress.MODEL)) {
        told.add(change, codecs.apply(change.entity()));
      }
    }
    return told;
  }

  private void add(Change change, DocumentCodec codec) {
    DocumentMessage.ToClient said = DocumentChanges.said(change);
    SharedFrame frame = said == null ? null : Frame.shared(Frame.binary(codec.encode(said)));
    documents
        .computeIfAbsent(change.entity(), ignored -> new ArrayList<>())
        .add(
            new Told(change.key(), change.author(), said, frame, change.action() == Action.DELETE));
  }

  List<Told> of(EntityKey document) {
    return documents.getOrDefault(document, List.of());
  }

  @Override
  public void close() {
    documents
        .values()
        .forEach(told ->
            told.forEach(one -> {
              if (one.frame() != null) {
                one.frame().close();
              }
            }));
  }
}
