package dev.anabranch.crdt.protocol;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.ByteWriter;
import dev.anabranch.crdt.encoding.MalformedUpdate;

/// One message of y-protocols' sync: "this far am I", "here is what you lack", "this changed".
public sealed interface SyncMessage {
  /// How far the sender is; asks for what it lacks.
  record Step1(StateVector known) implements SyncMessage {}

  /// What the receiver lacks.
  record Step2(UpdateV1 update) implements SyncMessage {}

  /// What was changed just now.
  record Changed(UpdateV1 update) implements SyncMessage {}

  /// The question to begin with.
  static Step1 askingFor(Document document) {
    return new Step1(document.stateVector());
  }

  /// The answer to a question.
  static Step2 answering(Step1 question, Document document) {
    return new Step2(document.encodeV1(question.known()));
  }

  static SyncMessage decode(byte[] bytes) {
    return read(new ByteReader(bytes));
  }

  /// Reads a message with which a frame of y-websocket or the like ends.
  static SyncMessage read(ByteReader in) {
    int type = (int) Math.min(in.readVarUint(), Integer.MAX_VALUE);
    byte[] content = in.readBytes();
    in.expectEnd(); // before anything is made of it
    return switch (type) {
      case 0 -> new Step1(StateVector.decode(content));
      case 1 -> new Step2(new UpdateV1(content));
      case 2 -> new Changed(new UpdateV1(content));
      default -> throw new MalformedUpdate("no sync message has type " + type);
    };
  }

  default byte[] encode() {
    ByteWriter out = new ByteWriter();
    write(out);
    return out.toBytes();
  }

  default void write(ByteWriter out) {
    switch (this) {
      case Step1 step -> write(out, 0, step.known.encode());
      case Step2 step -> write(out, 1, step.update.bytes());
      case Changed changed -> write(out, 2, changed.update.bytes());
    }
  }

  private static void write(ByteWriter out, int type, byte[] content) {
    out.writeVarUint(type);
    out.writeBytes(content);
  }
}
