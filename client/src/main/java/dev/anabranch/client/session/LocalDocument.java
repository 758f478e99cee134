package dev.anabranch.client.session;

import dev.anabranch.client.replica.DocumentUpdate;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.Subscription;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// An opened document in memory: one edition of it, edited under a client id that is drawn for this
/// object and never stored.
///
/// Two sessions of a document under one client id would make different things of the same name, and
/// diverge for ever. Confined to one thread at a time.
public final class LocalDocument {

  /// The origin of transactions that hold what others did.
  public static final Object REMOTE = "remote";

  private final EntityKey key;
  private final long edition;
  private final Document document;
  private final Subscription captured;
  private final List<UpdateV1> unstored = new ArrayList<>();
  private long reached;

  /// @param opened what the local copy has of it
  /// @param random the client id comes from it; drawn again when the document knows it already
  public LocalDocument(EntityKey key, OpenedState opened, RandomGenerator random) {
    this.key = Objects.requireNonNull(key);
    this.edition = opened.edition();
    this.reached = opened.reached();
    this.document = load(opened.updates(), random);
    this.captured =
        document.onUpdateV1(made -> {
          if (!REMOTE.equals(made.transaction().origin())) {
            unstored.add(made.update());
          }
        });
  }

  private static Document load(List<Bytes> updates, RandomGenerator random) {
    Document loaded = Document.create(DocumentOptions.forEditing(random));
    apply(loaded, updates);
    while (loaded.stateVector().clocks().containsKey(loaded.clientId())) {
      loaded = Document.create(DocumentOptions.forEditing(random));
      apply(loaded, updates);
    }
    return loaded;
  }

  private static void apply(Document to, List<Bytes> updates) {
    if (!updates.isEmpty()) {
      to.apply(DocumentBytes.update(DocumentBytes.merged(updates)), REMOTE);
    }
  }

  /// To read it and to edit it; what is edited waits in [#takeUnstored].
  public Document document() {
    return document;
  }

  /// Which edition of it this is.
  public long edition() {
    return edition;
  }

  /// What was edited since this was asked last, as one update; null = nothing.
  public @Nullable Bytes takeUnstored() {
    if (unstored.isEmpty()) {
      return null;
    }
    UpdateV1 update = Updates.mergeV1(unstored);
    unstored.clear();
    return Bytes.of(update.bytes());
  }

  /// The same in updates of at most so many bytes, to be written in their order: a long text is cut
  /// between its characters. A value that is larger by itself cannot be cut; its update is larger.
  public List<Bytes> takeUnstored(int bytesMax) {
    Bytes update = takeUnstored();
    return update == null ? List.of() : DocumentBytes.parts(update, bytesMax);
  }

  /// Merges in what the local copy has by now and this has not.
  public void refresh(ReplicaReading replica) {
    List<DocumentUpdate> kept = replica.updates(key, reached);
    if (kept.isEmpty() && reached == 0) {
      Bytes snapshot = replica.known(key).map(KnownEntity::body).orElse(null);
      if (snapshot != null && DocumentBytes.isUpdate(snapshot)) {
        apply(document, List.of(snapshot));
      }
    } else if (!kept.isEmpty()) {
      reached = kept.getLast().number();
      apply(document, kept.stream().map(DocumentUpdate::update).toList());
    }
  }

  /// Nothing of it counts any more.
  public void discard() {
    captured.close();
    unstored.clear();
  }
}
