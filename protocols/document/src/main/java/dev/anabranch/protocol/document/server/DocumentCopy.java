package dev.anabranch.protocol.document.server;

import static java.util.stream.Collectors.groupingBy;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateInspection;
import dev.anabranch.crdt.UpdateInspection.BlockView;
import dev.anabranch.crdt.UpdateInspection.Kind;
import dev.anabranch.crdt.UpdateInspection.Range;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.crdt.encoding.ByteWriter;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// A document's encoded state as it stood after one of its changes.
///
/// @param seq the last change that is in it; 0 = the document does not live
/// @param version the document's version then
/// @param state everything that was said
/// @param unfolded how many updates stand behind the folded state
record DocumentCopy(long seq, long version, UpdateV1 state, int unfolded) {

  /// An update that says nothing.
  static final UpdateV1 NOTHING = new UpdateV1(new byte[] {0, 0});

  /// A document that does not live.
  static final DocumentCopy ABSENT = new DocumentCopy(0, 0, NOTHING, 0);

  int bytes() {
    return state.bytes().length;
  }

  /// How far it is.
  StateVector stateVector() {
    return Updates.stateVectorOf(state);
  }

  /// What somebody lacks who is so far.
  UpdateV1 lackedBy(StateVector known) {
    return Updates.diffV1(state, known);
  }

  /// Whether an update says something that is not in the state. What waits there for what it stands
  /// on is held, too.
  ///
  /// @param random for the throw-away copy that knows what is deleted
  boolean lacks(UpdateV1 update, RandomGenerator random) {
    UpdateInspection said = Updates.inspect(update);
    StateVector known = stateVector();
    UpdateInspection beyond = Updates.inspect(Updates.diffV1(state, known));
    return lacksBlocks(said, known, beyond) || lacksDeletes(said, beyond, random);
  }

  /// @param beyond the state's blocks behind gaps
  private static boolean lacksBlocks(
      UpdateInspection said, StateVector known, UpdateInspection beyond) {
    HeldRanges held = new HeldRanges();
    known.clocks().forEach((client, clock) -> held.add(client, 0, clock));
    blocks(beyond)
        .forEach(block -> held.add(block.id().client(), block.id().clock(), block.length()));
    return blocks(said)
        .anyMatch(block -> !held.missing(new Range(block.id(), block.length())).isEmpty());
  }

  private static Stream<BlockView> blocks(UpdateInspection update) {
    return update.blocks().stream().filter(block -> block.kind() != Kind.GAP);
  }

  /// The encoded state names most of what is deleted, and alone what is to be deleted once it
  /// comes; what fell with something else only a document knows.
  private boolean lacksDeletes(
      UpdateInspection said, UpdateInspection beyond, RandomGenerator random) {
    if (said.deletes().isEmpty()) {
      return false;
    }
    HeldRanges held = new HeldRanges();
    beyond
        .deletes()
        .forEach(range -> held.add(range.first().client(), range.first().clock(), range.length()));
    List<Range> missing =
        said.deletes().stream().flatMap(range -> held.missing(range).stream()).toList();
    return !missing.isEmpty() && !loaded(random).snapshot().contains(deleting(missing));
  }

  private static UpdateV1 deleting(List<Range> ranges) {
    Map<Long, List<Range>> clients =
        ranges.stream().collect(groupingBy(range -> range.first().client()));
    ByteWriter out = new ByteWriter();
    out.writeVarUint(0);
    out.writeVarUint(clients.size());
    clients.forEach((client, deleted) -> {
      out.writeVarUint(client);
      out.writeVarUint(deleted.size());
      deleted.forEach(range -> {
        out.writeVarUint(range.first().clock());
        out.writeVarUint(range.length());
      });
    });
    return new UpdateV1(out.toBytes());
  }

  /// A throw-away document of this state, under a client id of its own.
  Document loaded(RandomGenerator random) {
    return load(state, random);
  }

  /// A throw-away document of a state.
  static Document load(UpdateV1 state, RandomGenerator random) {
    Document document = Document.create(DocumentOptions.forServing(random));
    document.apply(state, null);
    return document;
  }
}
