package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateInspection;
import dev.anabranch.crdt.UpdateInspection.Kind;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import java.util.random.RandomGenerator;

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

  /// Whether an update says something that is not in the state.
  ///
  /// @param random for the throw-away copy that knows what is deleted
  boolean lacks(UpdateV1 update, RandomGenerator random) {
    return lacksBlocks(Updates.inspect(update)) || !loaded(random).snapshot().contains(update);
  }

  private boolean lacksBlocks(UpdateInspection update) {
    StateVector known = stateVector();
    return update.blocks().stream()
        .anyMatch(block ->
            block.kind() != Kind.GAP
                && block.id().clock() + block.length() > known.clockOf(block.id().client()));
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
