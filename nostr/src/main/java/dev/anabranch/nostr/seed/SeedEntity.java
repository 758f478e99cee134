package dev.anabranch.nostr.seed;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.PublicKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What an event of the seeds' kinds says of an entity.
public sealed interface SeedEntity {

  /// The scope that the entity belongs to as its author sees it: whoever may read that may read the
  /// event.
  ///
  /// @param author the event's
  default String scope(PublicKey author) {
    return switch (this) {
      case Chat chat -> "chat:" + chat.id();
      case Line line -> "chat:" + line.chat();
      case Settings ignored -> "user:" + author.hex();
      case Training ignored -> "user:" + author.hex();
    };
  }

  /// A patch of a chat: what is absent stays.
  ///
  /// @param id the `d` tag: scope `chat:<id>`, entity id too
  /// @param fields those of the metadata; `null` removes one; empty: none given
  /// @param messages to be there, each by its id; none deletes another
  /// @param shares whom the author gives which right, each key once
  record Chat(String id, JsonObject fields, List<Message> messages, List<Share> shares)
      implements SeedEntity {

    public Chat {
      Objects.requireNonNull(fields, "fields");
      messages = List.copyOf(messages);
      shares = List.copyOf(shares);
    }
  }

  /// One message of a chat.
  ///
  /// @param id unique in the chat
  /// @param fields everything else that is said of it
  /// @param version of the message that its author had seen and edits; null: it is not edited
  record Message(String id, JsonObject fields, @Nullable Long version) {

    public Message {
      Objects.requireNonNull(fields, "fields");
    }
  }

  /// Whom a chat is shared with.
  ///
  /// @param role the fourth element of the `p` tag
  record Share(PublicKey key, Role role) {}

  /// What somebody is in a chat.
  enum Role {
    /// Reads; the role of a `p` tag that names none.
    READER,
    /// Reads and writes.
    WRITER,
    /// Shares too.
    OWNER,
    /// Nothing any more.
    REVOKED
  }

  /// A message that is an event of its own (kind 9).
  ///
  /// @param chat the `h` tag
  /// @param fields its `content`
  record Line(String chat, JsonObject fields) implements SeedEntity {

    public Line {
      Objects.requireNonNull(fields, "fields");
    }
  }

  /// The author's settings.
  ///
  /// @param fields `preferences`, `features`, `ui` and whatever else is said; what the server owns
  ///   is refused where it is written
  record Settings(JsonObject fields) implements SeedEntity {}

  /// A contribution to training.
  ///
  /// @param fields `content`, and `quality`, `usage` and `chat` when said; a `reward_status` is
  ///   refused where it is written
  record Training(JsonObject fields) implements SeedEntity {}
}
