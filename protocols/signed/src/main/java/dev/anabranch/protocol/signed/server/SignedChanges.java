package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.protocol.signed.wire.EntityAction;
import dev.anabranch.protocol.signed.wire.EntityKind;
import dev.anabranch.protocol.signed.wire.Payload;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import dev.anabranch.protocol.signed.wire.SignedFault;
import dev.anabranch.protocol.signed.wire.Signing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Signed entities' words ↔ the kernel's; pure.
///
/// A chat is the entity `chat` of the scope `chat:<id>`; its messages are entities of their own in
/// that scope, and its sharing *is* the scope's grants: the field `sharing` is never stored.
/// Settings and training data live in the scope `user:<principal>`.
public final class SignedChanges {

  static final ModelName CHAT = new ModelName("chat");
  static final ModelName SETTINGS = new ModelName("settings");
  static final ModelName TRAINING_DATA = new ModelName("training_data");

  private static final String MESSAGES = "messages";
  private static final String VERSION = "version";
  private static final int MESSAGES_MAX = 500;
  private static final long RETRY_MILLIS = 1_000;
  private static final Pattern FIELD = Pattern.compile("_?\\p{L}[\\p{L}\\p{N}_.-]{0,127}");
  private static final Set<String> RESERVED =
      Set.of("id", "scope", "version", "syncId", "createdAt", "updatedAt");

  private SignedChanges() {}

  /// A payload as writes that are applied together.
  ///
  /// @param id the entity's id
  /// @param writes the entity's own first
  record Prepared(String id, List<Write> writes) {
    Prepared {
      writes = List.copyOf(writes);
    }

    ScopeName scope() {
      return writes.getFirst().entity().scope();
    }
  }

  /// Leaves the preparation with a sentence; caught in [#prepare].
  static final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Refusal refusal;

    Unfit(String detail) {
      super(detail, null, false, false);
      this.refusal = new Refusal(SignedFault.INVALID, detail);
    }
  }

  /// What preparing gives: writes, or why there are none.
  sealed interface Preparing {
    /// Writes.
    record Ready(Prepared prepared) implements Preparing {}

    /// Why not.
    record Refused(String id, Refusal refusal) implements Preparing {}
  }

  /// The scope of a principal's own entities; empty when its name fits no scope.
  static Optional<ScopeName> userScope(PrincipalId principal) {
    return ScopeName.parse("user:" + principal.text());
  }

  /// The model of messages, as the server's models spell it.
  static ModelName message(Models models) {
    return models.canonical("message").orElseThrow();
  }

  /// The writes of a payload.
  ///
  /// @param sharing whom it shares a chat with
  /// @param proof the frame that says so, for the first write; null = it is kept elsewhere
  static Preparing prepare(
      Payload payload, PrincipalId writer, Sharing sharing, Models models, @Nullable Bytes proof) {
    String id = idOf(payload, writer);
    try {
      return new Preparing.Ready(
          new Prepared(id, writes(payload, id, writer, sharing, models, proof)));
    } catch (Unfit unfit) {
      return new Preparing.Refused(id, unfit.refusal);
    }
  }

  /// An id that a retry makes again.
  private static String idOf(Payload payload, PrincipalId writer) {
    String id = payload.id();
    if (id != null) {
      return id;
    }
    return payload.entity() == EntityKind.SETTINGS
        ? "settings"
        : short32(writer.text() + "/" + payload.key());
  }

  private static String short32(String text) {
    return Hex.of(Arrays.copyOf(Signing.sha256(text), 16));
  }

  private static List<Write> writes(
      Payload payload,
      String id,
      PrincipalId writer,
      Sharing sharing,
      Models models,
      @Nullable Bytes proof) {
    ScopeName scope = scope(payload, id, writer);
    JsonObject data = payload.data();
    List<Write> more = new ArrayList<>();
    if (payload.entity() == EntityKind.CHAT) {
      more.addAll(SharingChanges.grants(data, scope, payload.key(), sharing));
      more.addAll(messages(data, scope, payload.key(), models));
      data = data.without(SharingChanges.FIELD).without(MESSAGES);
    }
    if (payload.action() == EntityAction.DELETE && !more.isEmpty()) {
      throw new Unfit("a delete shares and says nothing");
    }
    permitFields(data);
    EntityKey entity = new EntityKey(scope, model(payload.entity(), models), entityId(id));
    WriteKey key =
        WriteKey.parse(payload.key()).orElseThrow(() -> new Unfit("the key is not plain text"));
    Write own =
        switch (payload.action()) {
          case CREATE -> Write.insert(key, entity, data);
          case UPDATE -> Write.update(key, entity, data);
          case DELETE -> Write.delete(key, entity);
        };
    own = own.expecting(payload.version());
    more.addFirst(proof == null ? own : own.provenBy(proof));
    return more;
  }

  private static ScopeName scope(Payload payload, String id, PrincipalId writer) {
    return switch (payload.entity()) {
      case CHAT -> chatScope(id);
      case MESSAGE -> chatScope(String.valueOf(payload.chat()));
      case SETTINGS, TRAINING_DATA ->
          userScope(writer)
              .orElseThrow(() -> new Unfit("the principal's name fits no scope: " + writer));
    };
  }

  /// The scope of a chat; empty when its id fits none.
  static Optional<ScopeName> chatScopeOf(String id) {
    return ScopeName.parse(SignedPolicy.CHATS + id);
  }

  private static ScopeName chatScope(String id) {
    return chatScopeOf(id).orElseThrow(() -> new Unfit("not a chat's id: " + id));
  }

  /// The model of a kind of entity.
  static ModelName model(EntityKind kind, Models models) {
    return switch (kind) {
      case CHAT -> CHAT;
      case SETTINGS -> SETTINGS;
      case TRAINING_DATA -> TRAINING_DATA;
      case MESSAGE -> message(models);
    };
  }

  private static EntityId entityId(String id) {
    return EntityId.parse(id).orElseThrow(() -> new Unfit("not an id: " + id));
  }

  private static List<Write> messages(JsonObject data, ScopeName scope, String key, Models models) {
    Json value = data.get(MESSAGES);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof JsonArray(List<Json> entries)) || entries.size() > MESSAGES_MAX) {
      throw new Unfit("data.messages must be an array of at most " + MESSAGES_MAX);
    }
    List<Write> messages = new ArrayList<>();
    for (Json entry : entries) {
      if (!(entry instanceof JsonObject message) || message.string("id").isEmpty()) {
        throw new Unfit("data.messages must hold objects with an id");
      }
      messages.add(message(message, scope, key, models));
    }
    return messages;
  }

  /// A message that is there, or was deleted, stays as it is unless the entry names the version
  /// that its writer had seen (K9).
  private static Write message(JsonObject message, ScopeName scope, String key, Models models) {
    String id = message.string("id").orElseThrow();
    JsonObject fields = message.without("id").without(VERSION);
    permitFields(fields);
    Write write =
        Write.insert(
            derived(key, "message/" + id),
            new EntityKey(scope, message(models), entityId(id)),
            fields);
    Json seen = message.get(VERSION);
    if (seen == null) {
      return write.ifNew();
    }
    if (seen instanceof JsonNumber number && number.isLong() && number.longValue() >= 0) {
      return write.expecting(number.longValue());
    }
    throw new Unfit("the version of the message " + id + " must be a whole number of at least 0");
  }

  static WriteKey derived(String key, String part) {
    return new WriteKey(key + "/" + short32(part));
  }

  /// No field may have a name that another way out uses for something else (K12).
  private static void permitFields(JsonObject fields) {
    for (String name : fields.fields().keySet()) {
      if (RESERVED.contains(name)) {
        throw new Unfit("the field name " + name + " is reserved");
      }
      if (!FIELD.matcher(name).matches()) {
        throw new Unfit(
            "the field name " + name + " is not a letter and then letters, digits, _ . -");
      }
    }
  }

  // The way out.

  /// The refusal of a kernel's fault.
  static Refusal refusal(Fault fault) {
    return new Refusal(SignedFault.of(fault.code()), fault.detail());
  }

  /// What a payload came to.
  ///
  /// @param outcomes of its writes, in order
  static JsonObject outcome(Prepared prepared, List<Outcome> outcomes, Models models) {
    int reason = 0;
    for (int index = outcomes.size() - 1; index >= 0; index--) {
      reason = isReason(outcomes.get(index)) ? index : reason;
    }
    EntityId about = prepared.writes().get(reason).entity().id();
    return switch (settled(outcomes.get(reason))) {
      case Outcome.Applied applied ->
          ServerFrames.accepted(prepared.id(), prepared.scope(), applied.version(), applied.id());
      case Outcome.Conflict(Entity current) -> {
        JsonObject conflict =
            ServerFrames.conflict(
                prepared.id(), prepared.scope(), current == null ? null : item(current, models));
        yield reason == 0 ? conflict : conflict.with("message", about.text());
      }
      case Outcome.Refused(Fault fault) ->
          ServerFrames.refused(prepared.id(), refusal(fault), retryMillis(fault));
      case Outcome.Duplicate ignored ->
          throw new IllegalStateException("a duplicate of a duplicate");
    };
  }

  /// Whether an outcome is why nothing was written.
  private static boolean isReason(Outcome outcome) {
    return switch (settled(outcome)) {
      case Outcome.Applied ignored -> false;
      case Outcome.Refused(Fault fault) -> fault.code() != FaultCode.BATCH_ABORTED;
      case Outcome.Conflict ignored -> true;
      case Outcome.Duplicate ignored -> true;
    };
  }

  private static Outcome settled(Outcome outcome) {
    return outcome instanceof Outcome.Duplicate(Outcome first) ? first : outcome;
  }

  /// When to try again what was refused; 0 = trying again as it is does not help.
  static long retryMillis(Fault fault) {
    return fault.code() == FaultCode.UNAVAILABLE ? RETRY_MILLIS : 0;
  }

  /// An entity as it stands.
  static JsonObject item(Entity entity, Models models) {
    JsonObject item =
        named(entity.key(), models)
            .with("version", entity.version())
            .with("sync_id", entity.id())
            .with("updated_at", entity.updatedAt())
            .with("data", entity.data());
    Bytes body = entity.body();
    return body == null ? item : item.with("body", base64(body));
  }

  /// A change as it is told.
  ///
  /// @param models know how messages are called
  public static JsonObject change(Change change, Models models) {
    JsonObject told =
        named(change.entity(), models)
            .with("action", action(change.action()))
            .with("version", change.version())
            .with("sync_id", change.id())
            .with("author", change.author().text())
            .with("key", change.key().text())
            .with("at", change.at());
    JsonObject data = change.data();
    Bytes body = change.body();
    told = data == null ? told : told.with("data", data);
    return body == null ? told : told.with("body", base64(body));
  }

  private static String action(Action action) {
    return switch (action) {
      case INSERT -> EntityAction.CREATE.word();
      case UPDATE -> EntityAction.UPDATE.word();
      case DELETE -> EntityAction.DELETE.word();
      case MERGE -> Action.MERGE.word();
    };
  }

  private static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toArray());
  }

  private static JsonObject named(EntityKey key, Models models) {
    boolean inChat = key.scope().kind().equals("chat");
    String entity =
        key.model().equals(ModelName.GRANT)
            ? SharingChanges.FIELD
            : key.model().equals(message(models)) ? EntityKind.MESSAGE.word() : key.model().text();
    JsonObject named = JsonObject.EMPTY.with("entity", entity).with("id", key.id().text());
    return inChat && !key.model().equals(CHAT) ? named.with("chat", key.scope().id()) : named;
  }
}
