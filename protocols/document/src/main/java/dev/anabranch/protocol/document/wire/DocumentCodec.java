package dev.anabranch.protocol.document.wire;

import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.ByteWriter;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.crdt.protocol.AwarenessUpdate;
import dev.anabranch.crdt.protocol.SyncMessage;
import dev.anabranch.protocol.document.wire.DocumentMessage.Authenticate;
import dev.anabranch.protocol.document.wire.DocumentMessage.Authenticated;
import dev.anabranch.protocol.document.wire.DocumentMessage.Aware;
import dev.anabranch.protocol.document.wire.DocumentMessage.Changed;
import dev.anabranch.protocol.document.wire.DocumentMessage.Closed;
import dev.anabranch.protocol.document.wire.DocumentMessage.Denied;
import dev.anabranch.protocol.document.wire.DocumentMessage.FromClient;
import dev.anabranch.protocol.document.wire.DocumentMessage.Leave;
import dev.anabranch.protocol.document.wire.DocumentMessage.Question;
import dev.anabranch.protocol.document.wire.DocumentMessage.Reply;
import dev.anabranch.protocol.document.wire.DocumentMessage.Settled;
import dev.anabranch.protocol.document.wire.DocumentMessage.Stateless;
import dev.anabranch.protocol.document.wire.DocumentMessage.ToClient;
import dev.anabranch.protocol.document.wire.DocumentMessage.WhoIsThere;
import org.jspecify.annotations.Nullable;

/// Bytes ↔ messages of one document, in one of the two framings.
///
/// Every count is bounded by the bytes that are left; malformed bytes throw [MalformedUpdate], with
/// a sentence for the peer.
public final class DocumentCodec {
  private static final int SYNC = 0;
  private static final int AWARENESS = 1;
  private static final int AUTH = 2;
  private static final int QUERY_AWARENESS = 3;
  private static final int STATELESS = 5;
  private static final int CLOSE = 7;
  private static final int SYNC_STATUS = 8;

  private static final int PLAIN_DENIED = 0;
  private static final int TOKEN = 0;
  private static final int DENIED = 1;
  private static final int AUTHENTICATED = 2;

  private final @Nullable String name;

  private DocumentCodec(@Nullable String name) {
    this.name = name;
  }

  /// y-websocket's framing.
  public static DocumentCodec plain() {
    return new DocumentCodec(null);
  }

  /// Hocuspocus' framing.
  ///
  /// @param name the document's, as the client writes it
  public static DocumentCodec named(String name) {
    return new DocumentCodec(name);
  }

  /// The document's name in front of a Hocuspocus frame.
  public static String nameOf(ByteReader frame) {
    return frame.readString();
  }

  /// Whether the framing tells a client what became of its updates.
  public boolean tellsOutcomes() {
    return name != null;
  }

  /// A client's message in y-websocket's framing; null = an auth message, which that framing has
  /// none for.
  public FromClient fromClient(byte[] frame) {
    return fromClient(new ByteReader(frame));
  }

  /// A client's message, behind the name.
  public FromClient fromClient(ByteReader in) {
    long type = in.readVarUint();
    FromClient message =
        switch (type <= SYNC_STATUS ? (int) type : -1) {
          case SYNC, 4 -> sync(SyncMessage.read(in));
          case AWARENESS -> aware(in);
          case QUERY_AWARENESS -> new WhoIsThere();
          case AUTH -> authenticate(in);
          case STATELESS -> new Stateless(in.readString());
          case CLOSE -> new Leave();
          default -> throw new MalformedUpdate("no message has type " + type);
        };
    if (name == null && isOfHocuspocus(message)) {
      throw new MalformedUpdate("y-websocket has no message of type " + type + " for the server");
    }
    if (!(message instanceof Authenticate)) {
      in.expectEnd();
    }
    return message;
  }

  private static boolean isOfHocuspocus(FromClient message) {
    return message instanceof Authenticate
        || message instanceof Stateless
        || message instanceof Leave;
  }

  private static FromClient aware(ByteReader in) {
    byte[] words = in.readBytes();
    in.expectEnd(); // before anything is made of them
    return new Aware(AwarenessUpdate.decode(words));
  }

  private static FromClient sync(SyncMessage message) {
    return switch (message) {
      case SyncMessage.Step1 step -> new Question(step.known());
      case SyncMessage.Step2 step -> new Reply(step.update());
      case SyncMessage.Changed changed -> new Changed(changed.update());
    };
  }

  private static FromClient authenticate(ByteReader in) {
    long kind = in.readVarUint();
    if (kind != TOKEN) {
      throw new MalformedUpdate("a client's auth message has kind 0, not " + kind);
    }
    return new Authenticate(in.readString());
  }

  /// A message as one frame.
  public byte[] encode(ToClient message) {
    ByteWriter out = new ByteWriter();
    if (name != null) {
      out.writeString(name);
    }
    switch (message) {
      case Question question -> write(out, new SyncMessage.Step1(question.known()));
      case Reply reply -> write(out, new SyncMessage.Step2(reply.update()));
      case Changed changed -> write(out, new SyncMessage.Changed(changed.update()));
      case Aware aware -> {
        out.writeVarUint(AWARENESS);
        out.writeBytes(aware.said().encode());
      }
      case Denied denied -> {
        out.writeVarUint(AUTH);
        out.writeVarUint(name == null ? PLAIN_DENIED : DENIED);
        out.writeString(denied.reason());
      }
      case Authenticated authenticated -> {
        out.writeVarUint(AUTH);
        out.writeVarUint(AUTHENTICATED);
        out.writeString(authenticated.readOnly() ? "readonly" : "read-write");
      }
      case Settled settled -> {
        out.writeVarUint(SYNC_STATUS);
        out.writeVarUint(settled.applied() ? 1 : 0);
      }
      case Stateless stateless -> {
        out.writeVarUint(STATELESS);
        out.writeString(stateless.payload());
      }
      case Closed closed -> {
        out.writeVarUint(CLOSE);
        out.writeString(closed.reason());
      }
    }
    return out.toBytes();
  }

  private static void write(ByteWriter out, SyncMessage message) {
    out.writeVarUint(SYNC);
    message.write(out);
  }
}
