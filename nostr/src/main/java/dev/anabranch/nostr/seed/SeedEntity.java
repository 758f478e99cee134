package dev.anabranch.nostr.seed;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.PublicKey;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// What an event of the seeds' kinds says of an entity.
public sealed interface SeedEntity {

  /// A patch of a chat: what is absent stays.
  ///
  /// @param id the `d` tag: scope `chat:<id>`, entity id too
  /// @param fields `metadata`, and `training_opt_in` when the metadata says so; empty: none given
  /// @param messages to be there, each by its id; none deletes another
  /// @param sharedWith whom the author wants to let read, beside those who may already
  record Chat(String id, JsonObject fields, List<Message> messages, Set<PublicKey> sharedWith)
      implements SeedEntity {

    public Chat {
      Objects.requireNonNull(fields, "fields");
      messages = List.copyOf(messages);
      sharedWith = Set.copyOf(sharedWith);
    }
  }

  /// One message of a chat.
  ///
  /// @param id unique in the chat
  /// @param fields everything else that is said of it
  record Message(String id, JsonObject fields) {

    public Message {
      Objects.requireNonNull(fields, "fields");
    }
  }

  /// The author's settings.
  ///
  /// @param fields `preferences` and `features`; what the server owns is never among them
  record Settings(JsonObject fields) implements SeedEntity {}

  /// A contribution to training.
  ///
  /// @param fields `content`, and `quality` and `usage` when said; the reward is the server's to
  ///   say
  record Training(JsonObject fields) implements SeedEntity {}
}
