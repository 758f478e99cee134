package dev.anabranch.nostr.reconcile;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.util.Set;

/// The relay's side: answers each message from the records alone and remembers nothing.
public final class ReconcileAnswer {

  private ReconcileAnswer() {}

  /// The answer to a client's message.
  ///
  /// A version that we do not speak is answered by the highest that we do, as NIP-77 asks.
  ///
  /// @param bytesMax of the answer, at least 4,096; 0: no limit
  public static Parsed<byte[]> to(byte[] message, RecordSet records, int bytesMax) {
    return Parsed.of(() -> {
      Input in = new Input(message);
      int version = in.nextByte();
      if (version != Conversation.VERSION && Conversation.isVersion(version)) {
        return new byte[] {(byte) Conversation.VERSION};
      }
      if (version != Conversation.VERSION) {
        throw new MalformedText("not a message of negentropy");
      }
      return new Answering(records, bytesMax).answer(in);
    });
  }

  private static final class Answering extends Conversation {

    private Answering(RecordSet records, int bytesMax) {
      super(records, bytesMax);
    }

    @Override
    int list(Set<EventId> theirs, int lower, int upper, Bound upTo) {
      return tell(upTo, lower, upper);
    }
  }
}
