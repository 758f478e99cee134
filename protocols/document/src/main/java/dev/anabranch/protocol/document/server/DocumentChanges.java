package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.protocol.document.wire.DocumentFault;
import dev.anabranch.protocol.document.wire.DocumentMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Documents' words ↔ the kernel's; pure.
final class DocumentChanges {
  private DocumentChanges() {}

  /// Updates that came together, as one write.
  static Write merge(WriteKey key, EntityKey document, List<UpdateV1> updates) {
    return Write.merge(key, document, Bytes.of(Updates.mergeV1(updates).bytes()));
  }

  /// A write of a document or snapshot that is never accepted, for it expects what cannot be:
  /// whoever commits it under a key hears what that key was answered before, or of a conflict.
  static Write never(WriteKey key, EntityKey entity) {
    return Write.delete(key, entity).expecting(Long.MAX_VALUE);
  }

  /// A change as the other clients of the document see it; null = it says nothing to them.
  static DocumentMessage.@Nullable ToClient said(Change change) {
    Bytes body = change.body();
    return body == null ? null : new DocumentMessage.Changed(new UpdateV1(body.toArray()));
  }

  /// The kernel's no in our words.
  static Refusal refusal(Fault fault) {
    return new Refusal(DocumentFault.of(fault.code()), fault.detail());
  }
}
