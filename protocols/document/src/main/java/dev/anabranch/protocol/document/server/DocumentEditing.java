package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.Subscription;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.protocol.document.server.DocumentAnswers.Standing;
import dev.anabranch.protocol.document.wire.DocumentFault;
import dev.anabranch.protocol.document.wire.DocumentProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `PATCH /api/document/{name}`: edits by requests. All operations of one request are one update,
/// made in a throw-away copy and committed as any other.
final class DocumentEditing {
  /// What a conflict means.
  static final String MOVED_ON = "the document has another version";

  private static final int OPERATIONS_MAX = 1_000;

  private final DocumentSession.Surroundings here;

  DocumentEditing(DocumentSession.Surroundings here) {
    this.here = here;
  }

  void edit(DocumentExchange asked, EntityKey document) {
    JsonObject body = asked.body();
    List<DocumentOperation> operations = operations(body);
    asked.inTurn(() -> edit(asked, document, body, operations));
  }

  private void edit(
      DocumentExchange asked,
      EntityKey document,
      JsonObject body,
      List<DocumentOperation> operations) {
    asked.ask(
        here.shelf().read(asked.caller(), document),
        copy -> {
          Document edited = copy.loaded(here.seams().random());
          UpdateV1 update;
          try {
            refuseStale(asked.expectedVersion(), body, operations, copy, edited);
            update = edited(edited, operations);
          } catch (No no) {
            // A retry finds the document moved on, by itself if by nobody else.
            Standing stands = Standing.of(edited);
            asked.answeredBefore(
                DocumentChanges.never(asked.key(), document),
                before -> asked.answer(DocumentAnswers.edited(document, before, stands)),
                no);
            return;
          }
          commit(asked, document, update, edited);
        });
  }

  private void commit(DocumentExchange asked, EntityKey document, UpdateV1 update, Document after) {
    refuseTooLarge(update);
    Standing stands = Standing.of(after);
    Write merge = DocumentChanges.merge(asked.key(), document, List.of(update));
    asked.commit(
        asked.expectedVersion().map(merge::expecting).orElse(merge),
        MOVED_ON,
        committed -> asked.answer(DocumentAnswers.edited(document, committed, stands)));
  }

  /// Commits an update that a request made, in as many changes as its size wants; all or none.
  ///
  /// @param after the document with the update
  void commitAll(DocumentExchange asked, EntityKey document, UpdateV1 update, Document after) {
    List<UpdateV1> parts = Updates.splitV1(update, here.policy().limits().messageBytesMax());
    if (parts.size() > Commit.WRITES_MAX) {
      throw tooLarge("an update of " + parts.size() + " parts; at most " + Commit.WRITES_MAX);
    }
    parts.forEach(this::refuseTooLarge);
    Standing stands = Standing.of(after);
    asked.commitAll(
        writes(asked, document, parts),
        MOVED_ON,
        committed -> asked.answer(DocumentAnswers.edited(document, committed, stands)));
  }

  /// The last part stands for the request: its version is the document's in the end.
  private static List<Write> writes(
      DocumentExchange asked, EntityKey document, List<UpdateV1> parts) {
    WriteKey key = asked.key();
    List<Write> writes = new ArrayList<>();
    for (UpdateV1 part : parts) {
      boolean last = writes.size() == parts.size() - 1;
      WriteKey own = last ? key : DocumentExchange.part(key, writes.size());
      Write merge = DocumentChanges.merge(own, document, List.of(part));
      Optional<Long> expected = writes.isEmpty() ? asked.expectedVersion() : Optional.empty();
      writes.add(expected.map(merge::expecting).orElse(merge));
    }
    return writes;
  }

  private void refuseTooLarge(UpdateV1 update) {
    Optional<Refusal> no = here.policy().accepts(update);
    if (no.isPresent()) {
      throw tooLarge(no.get().detail());
    }
  }

  private No tooLarge(String detail) {
    here.observer().refused(DocumentFault.TOO_LARGE);
    return new No(DocumentProblem.TOO_LARGE, detail);
  }

  /// `DELETE /api/document/{name}`, where the name has slashes.
  void delete(DocumentExchange asked, EntityKey document) {
    Write delete = asked.delete(document);
    asked.commit(
        asked.expectedVersion().map(delete::expecting).orElse(delete),
        MOVED_ON,
        committed -> deleted(asked, document, committed.applied()));
  }

  private static void deleted(DocumentExchange asked, EntityKey document, Outcome.Applied applied) {
    Map<String, Any> fields = DocumentAnswers.about(document);
    fields.put("version", Any.of(applied.version()));
    fields.put("syncId", Any.of(applied.id()));
    fields.put("deleted", Any.of(true));
    asked.answer(DocumentAnswers.json(200, fields));
  }

  private static List<DocumentOperation> operations(JsonObject body) {
    if (!(body.get("operations") instanceof JsonArray array)
        || array.values().isEmpty()
        || array.values().size() > OPERATIONS_MAX) {
      throw No.invalid("operations is an array of 1 to " + OPERATIONS_MAX);
    }
    List<DocumentOperation> operations = new ArrayList<>();
    for (Json one : array.values()) {
      try {
        operations.add(DocumentOperation.read(one));
      } catch (DocumentOperation.Misfit misfit) {
        throw at(operations.size(), misfit);
      }
    }
    return operations;
  }

  /// An index means something only in the state in which it was seen, deletions included: a state
  /// vector does not tell those.
  private static void refuseStale(
      Optional<Long> version,
      JsonObject body,
      List<DocumentOperation> operations,
      DocumentCopy copy,
      Document document) {
    Optional<String> state = body.string("state");
    Optional<String> vector = body.string("stateVector");
    String now = DocumentAnswers.state(document);
    if (version.filter(expected -> expected != copy.version()).isPresent()
        || state.filter(seen -> !seen.equals(now)).isPresent()
        || vector.filter(seen -> !seen.equals(vectorOf(document))).isPresent()) {
      throw No.conflict("the document has moved on; read it again: its state is " + now, null);
    }
    boolean empty = vector.isPresent() && document.stateVector().clocks().isEmpty();
    boolean known = version.isPresent() || state.isPresent() || empty;
    if (!known && operations.stream().anyMatch(DocumentOperation::needsVersion)) {
      throw No.invalid(
          "an index means something only beside the state it was seen in: send state, or If-Match"
              + " with the version");
    }
  }

  private static String vectorOf(Document document) {
    return DocumentAnswers.base64(document.stateVector().encode());
  }

  /// What the operations say, and nothing else: not what was deleted before.
  private static UpdateV1 edited(Document document, List<DocumentOperation> operations) {
    List<UpdateV1> made = new ArrayList<>();
    try (Subscription captured = document.onUpdateV1(update -> made.add(update.update()))) {
      document.transact(
          captured,
          transaction -> {
            for (int i = 0; i < operations.size(); i++) {
              try {
                operations.get(i).apply(document);
              } catch (DocumentOperation.Misfit misfit) {
                throw at(i, misfit);
              }
            }
          });
    }
    return made.isEmpty() ? DocumentCopy.NOTHING : Updates.mergeV1(made);
  }

  private static No at(int index, DocumentOperation.Misfit misfit) {
    return No.invalid("operations[" + index + "]: " + misfit.getMessage());
  }
}
