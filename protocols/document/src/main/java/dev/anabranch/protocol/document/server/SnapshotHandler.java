package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.protocol.document.wire.DocumentProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Everything under `/api/document/{name}/snapshots`: a document's history, as far as somebody gave
/// its states names.
final class SnapshotHandler {
  /// A page of the list: states are read with it, so it is bounded by bytes too.
  private static final PageLimit PAGE = new PageLimit(100, 16 * 1024 * 1024);

  private static final String TAKEN = "the document has a snapshot of this name";

  private final DocumentSession.Surroundings here;
  private final DocumentReading reading;
  private final DocumentEditing editing;

  SnapshotHandler(
      DocumentSession.Surroundings here, DocumentReading reading, DocumentEditing editing) {
    this.here = here;
    this.reading = reading;
    this.editing = editing;
  }

  // Keeping.

  /// `POST …/snapshots {"name","note"?}`.
  void keep(DocumentExchange asked, EntityKey document) {
    JsonObject body = asked.body();
    EntityKey snapshot = keyOf(document, body.string("name").orElse(""));
    String note = body.string("note").orElse("");
    if (note.length() > DocumentSnapshot.NOTE_CHARS_MAX) {
      throw No.invalid("a note has at most " + DocumentSnapshot.NOTE_CHARS_MAX + " characters");
    }
    asked.unlessAnswered(
        DocumentChanges.never(asked.key(), snapshot),
        before -> asked.inTurn(() -> tell(asked, document, snapshot, before)),
        TAKEN,
        () -> asked.inTurn(() -> keep(asked, document, snapshot, note)));
  }

  private void keep(DocumentExchange asked, EntityKey document, EntityKey snapshot, String note) {
    asked.ask(
        here.shelf().read(asked.caller(), document),
        copy -> {
          if (copy.seq() == 0) {
            throw DocumentReading.absent(document);
          }
          Write write =
              DocumentSnapshot.keep(
                  asked.key(), snapshot, settled(copy), asked.caller().principal(), note);
          // Without a turn: what was committed must not be answered with a no.
          asked.commit(write, TAKEN, done -> tell(asked, document, snapshot, done.applied()));
        });
  }

  /// The copy in as few bytes as it can be said in: it stays for long.
  private DocumentCopy settled(DocumentCopy copy) {
    UpdateV1 state = copy.loaded(here.seams().random()).encodeV1();
    return new DocumentCopy(copy.seq(), copy.version(), state, 0);
  }

  /// Tells of a snapshot as it was kept, though it may be gone by now.
  private void tell(
      DocumentExchange asked, EntityKey document, EntityKey snapshot, Outcome.Applied kept) {
    asked.ask(
        here.kernel().entityAt(asked.caller(), snapshot, kept.seq()),
        entity -> {
          DocumentSnapshot found =
              entity
                  .flatMap(then -> DocumentSnapshot.of(document, then))
                  .orElseThrow(
                      () -> No.absent(snapshot.id() + " was kept, and the log no longer says how"));
          asked.answer(DocumentAnswers.json(201, described(found)));
        });
  }

  private static Map<String, Any> described(DocumentSnapshot snapshot) {
    Map<String, Any> fields = DocumentAnswers.about(snapshot.document());
    snapshot.describe(fields);
    return fields;
  }

  /// `DELETE …/snapshots/{snapshot}`.
  void drop(DocumentExchange asked, DocumentPath path) {
    EntityKey snapshot = keyOf(path.document(), path.snapshot());
    asked.commit(
        asked.delete(snapshot),
        "the snapshot has changed",
        done -> {
          Map<String, Any> fields = DocumentAnswers.about(path.document());
          fields.put("snapshot", Any.of(path.snapshot()));
          fields.put("syncId", Any.of(done.applied().id()));
          fields.put("deleted", Any.of(true));
          asked.answer(DocumentAnswers.json(200, fields));
        });
  }

  // Reading.

  /// `GET …/snapshots[?after=]`.
  void list(DocumentExchange asked, EntityKey document) {
    String prefix = DocumentSnapshot.prefix(document);
    String after = asked.request().target().parameter("after").orElse("");
    SnapshotPage.@Nullable Place from =
        EntityId.parse(prefix + after)
            .map(id -> new SnapshotPage.Place(DocumentAddress.SNAPSHOT, id))
            .orElseThrow(() -> No.invalid("after is the name of a snapshot"));
    asked.inTurn(() ->
        asked.ask(
            here.kernel()
                .snapshot(
                    asked.caller(), document.scope(), Set.of(DocumentAddress.SNAPSHOT), from, PAGE),
            page -> asked.answer(DocumentAnswers.json(200, list(document, page)))));
  }

  private static Map<String, Any> list(EntityKey document, SnapshotPage page) {
    List<Any> snapshots = new ArrayList<>();
    String last = "";
    boolean beyond = page.next() == null;
    for (Entity entity : page.entities()) {
      String id = entity.key().id().text();
      if (!id.startsWith(DocumentSnapshot.prefix(document))) {
        beyond = true;
        break;
      }
      last = id.substring(DocumentSnapshot.prefix(document).length());
      Optional<DocumentSnapshot> snapshot = DocumentSnapshot.of(document, entity);
      if (snapshot.isPresent() && last.indexOf('/') < 0) {
        Map<String, Any> one = new LinkedHashMap<>();
        snapshot.get().describe(one);
        snapshots.add(new Any.Object(one));
      }
    }
    Map<String, Any> fields = DocumentAnswers.about(document);
    fields.put("snapshots", new Any.Array(snapshots));
    if (!beyond) {
      fields.put("next", Any.of(last));
    }
    return fields;
  }

  /// `GET …/snapshots/{snapshot}`.
  void read(DocumentExchange asked, DocumentPath path) {
    EntityKey snapshot = keyOf(path.document(), path.snapshot());
    asked.inTurn(() ->
        find(
            asked,
            path.document(),
            snapshot,
            found ->
                asked.answer(reading.shown(asked.request(), found.state(), described(found)))));
  }

  /// `GET …/snapshots/{snapshot}/diff[?to=]`: from the snapshot to another, or to the present.
  void diff(DocumentExchange asked, DocumentPath path) {
    asked.inTurn(() -> compare(asked, path));
  }

  private void compare(DocumentExchange asked, DocumentPath path) {
    EntityKey document = path.document();
    Optional<String> to = asked.request().target().parameter("to");
    find(
        asked,
        document,
        keyOf(document, path.snapshot()),
        from -> {
          if (to.isPresent()) {
            find(
                asked,
                document,
                keyOf(document, to.get()),
                other -> answer(asked, from, other.name(), other.version(), other.state()));
          } else {
            asked.ask(
                here.shelf().read(asked.caller(), document),
                copy -> answer(asked, from, "", copy.version(), copy.state()));
          }
        });
  }

  private void answer(
      DocumentExchange asked, DocumentSnapshot from, String name, long version, UpdateV1 to) {
    UpdateV1 both = Updates.mergeV1(List.of(from.state(), to));
    List<DocumentRoot> roots =
        reading.roots(asked.request(), DocumentCopy.load(both, here.seams().random())).asked();
    Map<String, Any> fields = DocumentAnswers.about(from.document());
    fields.put("from", state(from.name(), from.version()));
    fields.put("to", state(name, version));
    fields.put("roots", DocumentDiff.of(from.state(), to, roots, here.seams().random()));
    asked.answer(DocumentAnswers.json(200, fields));
  }

  private static Any state(String snapshot, long version) {
    Map<String, Any> fields = new LinkedHashMap<>();
    if (!snapshot.isEmpty()) {
      fields.put("snapshot", Any.of(snapshot));
    }
    fields.put("version", Any.of(version));
    return new Any.Object(fields);
  }

  // Coming back.

  /// `POST …/snapshots/{snapshot}/restore`: an edit that gives the document the snapshot's content.
  void restore(DocumentExchange asked, DocumentPath path) {
    asked.body();
    asked.unlessAnswered(
        DocumentChanges.never(asked.key(), path.document()),
        before -> asked.answer(DocumentAnswers.repeated(path.document(), before)),
        DocumentEditing.MOVED_ON,
        () -> asked.inTurn(() -> bringBack(asked, path)));
  }

  private void bringBack(DocumentExchange asked, DocumentPath path) {
    find(
        asked,
        path.document(),
        keyOf(path.document(), path.snapshot()),
        found ->
            asked.ask(
                here.shelf().read(asked.caller(), path.document()),
                copy -> restore(asked, path.document(), found, copy)));
  }

  private void restore(
      DocumentExchange asked, EntityKey document, DocumentSnapshot wanted, DocumentCopy copy) {
    UpdateV1 update = DocumentReturn.update(copy.state(), wanted.state(), here.seams().random());
    if (!copy.lacks(update, here.seams().random())) {
      Map<String, Any> fields = DocumentAnswers.about(document);
      fields.put("status", Any.of("unchanged"));
      fields.put("version", Any.of(copy.version()));
      asked.answer(DocumentAnswers.json(200, fields));
      return;
    }
    UpdateV1 after = Updates.mergeV1(List.of(copy.state(), update));
    editing.commitAll(asked, document, update, DocumentCopy.load(after, here.seams().random()));
  }

  // What is meant.

  private static EntityKey keyOf(EntityKey document, String name) {
    return DocumentSnapshot.key(document, name)
        .orElseThrow(() ->
            No.invalid(
                "a snapshot's name has 1 to "
                    + DocumentSnapshot.NAME_CHARS_MAX
                    + " characters and no slash"));
  }

  private void find(
      DocumentExchange asked, EntityKey document, EntityKey key, Consumer<DocumentSnapshot> next) {
    asked.ask(
        here.kernel().entity(asked.caller(), key),
        entity -> {
          DocumentSnapshot found =
              entity
                  .flatMap(kept -> DocumentSnapshot.of(document, kept))
                  .orElseThrow(
                      () -> No.absent("there is no snapshot " + key.id() + " in " + key.scope()));
          try {
            Updates.inspect(found.state());
          } catch (MalformedUpdate malformed) {
            throw new No(
                DocumentProblem.UNSUITABLE,
                "the snapshot holds no document: " + malformed.getMessage());
          }
          next.accept(found);
        });
  }
}
