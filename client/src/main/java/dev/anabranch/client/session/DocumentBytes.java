package dev.anabranch.client.session;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.Snapshot;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.kernel.log.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What a session works out of a document's updates; pure.
final class DocumentBytes {

  private DocumentBytes() {}

  /// Whether these bytes can be read as an update.
  static boolean isUpdate(Bytes bytes) {
    try {
      Updates.stateVectorOf(update(bytes));
      return true;
    } catch (MalformedUpdate malformed) {
      return false;
    }
  }

  /// One update that says what several say.
  static Bytes merged(List<Bytes> updates) {
    return updates.size() == 1
        ? updates.getFirst()
        : bytes(Updates.mergeV1(updates.stream().map(DocumentBytes::update).toList()));
  }

  /// One update that says what several say, without the content of what is deleted, and with what
  /// belongs together in one piece: what is kept for long.
  static Bytes settled(List<Bytes> updates, RandomGenerator random) {
    Document document = Document.create(DocumentOptions.forServing(random));
    document.apply(update(merged(updates)), null);
    return bytes(document.encodeV1());
  }

  /// An update in parts of at most so many bytes, as far as it can be cut.
  static List<Bytes> parts(Bytes update, int bytesMax) {
    return Updates.splitV1(update(update), bytesMax).stream().map(DocumentBytes::bytes).toList();
  }

  /// What one state holds and another one lacks, also of what waits for something that neither has;
  /// empty = nothing.
  static Optional<Bytes> lacking(Bytes theirs, Bytes ours, RandomGenerator random) {
    Document document = Document.create(DocumentOptions.forServing(random));
    document.apply(update(theirs), null);
    Snapshot before = document.snapshot();
    UpdateV1 waiting = document.encodeV1(before);
    document.apply(update(ours), null);
    UpdateV1 lacking = document.encodeV1(before);
    return Updates.coverTheSame(waiting, lacking) ? Optional.empty() : Optional.of(bytes(lacking));
  }

  static UpdateV1 update(Bytes bytes) {
    return new UpdateV1(bytes.toArray());
  }

  private static Bytes bytes(UpdateV1 update) {
    return Bytes.of(update.bytes());
  }
}
