package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.commit.Derivation.Derived;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.seed.SeedEntity;
import dev.anabranch.nostr.seed.SeedEntity.Chat;
import dev.anabranch.nostr.seed.SeedEntity.Line;
import dev.anabranch.nostr.seed.SeedEntity.Message;
import dev.anabranch.nostr.seed.SeedEntity.Settings;
import dev.anabranch.nostr.seed.SeedEntity.Share;
import dev.anabranch.nostr.seed.SeedEntity.Training;
import dev.anabranch.nostr.seed.SeedEvents;
import dev.anabranch.nostr.seed.SeedReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Events of the seeds' kinds as writes of entities; pure.
///
/// A chat's event is a patch: its fields by the version rule, its messages united by id. A message
/// that is there, or was deleted, stays as it is unless the event names the version that its author
/// had seen, so that a client that sends the whole history again changes nothing and overwrites
/// nothing (K9). Sharing is the scope's grants.
final class SeedChanges {

  static final ModelName CHAT = new ModelName("chat");
  static final ModelName SETTINGS = new ModelName("settings");
  static final ModelName TRAINING = new ModelName("training_data");

  private static final EntityId SETTINGS_ID = new EntityId("settings");
  private static final Set<String> RESERVED =
      Set.of("id", "scope", "version", "syncId", "createdAt", "updatedAt");
  private static final Pattern FIELD = Pattern.compile("_?\\p{L}[\\p{L}\\p{N}_.-]{0,127}");

  private final ModelName message;

  /// Changes for a server whose model of messages has this name.
  SeedChanges(ModelName message) {
    this.message = message;
  }

  /// Why an event cannot become what it says; asked before it is committed.
  static Optional<Refusal> unfit(SeedReading reading) {
    return switch (reading) {
      case SeedReading.Said(SeedEntity entity) -> unfit(entity);
      case SeedReading.Ordinary ignored -> Optional.empty();
      case SeedReading.Malformed(String detail) -> malformed(detail);
    };
  }

  static Optional<Refusal> unfit(SeedEntity entity) {
    return switch (entity) {
      case Chat chat -> unfit(chat);
      case Line line -> misnamed(line.chat());
      case Settings settings -> misspelt(settings.fields());
      case Training training -> misspelt(training.fields());
    };
  }

  private static Optional<Refusal> unfit(Chat chat) {
    Optional<Refusal> no = misnamed(chat.id()).or(() -> misspelt(chat.fields()));
    for (Message each : chat.messages()) {
      no =
          no.or(() ->
              EntityId.parse(each.id()).isPresent()
                  ? misspelt(each.fields())
                  : malformed("not the id of a message: " + each.id()));
    }
    return no;
  }

  private static Optional<Refusal> misnamed(String chat) {
    return chatScope(chat).isPresent() && EntityId.parse(chat).isPresent()
        ? Optional.empty()
        : malformed("not the id of a chat: " + chat);
  }

  /// No field may have a name that another way out uses for something else (K12).
  private static Optional<Refusal> misspelt(JsonObject fields) {
    for (String name : fields.fields().keySet()) {
      if (RESERVED.contains(name)) {
        return malformed("the field name " + name + " is reserved");
      }
      if (!FIELD.matcher(name).matches()) {
        return malformed("a field is named with a letter and then letters, digits, _ . -");
      }
    }
    return Optional.empty();
  }

  private static Optional<Refusal> malformed(String detail) {
    return Optional.of(new Refusal(NostrFault.MALFORMED, detail));
  }

  static Optional<ScopeName> chatScope(String id) {
    return ScopeName.parse("chat:" + id);
  }

  private static ScopeName scope(String chat) {
    return chatScope(chat).orElseThrow();
  }

  /// The scope of a principal's settings and contributions.
  static ScopeName own(PrincipalId principal) {
    return new ScopeName("user:" + principal.text());
  }

  private static EntityKey contribution(PrincipalId author, Event event) {
    return new EntityKey(own(author), TRAINING, new EntityId(event.id().hex()));
  }

  private EntityKey message(Line line, Event event) {
    return new EntityKey(scope(line.chat()), message, new EntityId(event.id().hex()));
  }

  /// Takes back what an event was besides itself, when it is deleted: a contribution, a message.
  /// What a chat's or settings' event said stays said.
  ///
  /// @param why what asks for it: the key's beginning
  Optional<Write> retraction(String why, PrincipalId author, Event event, SeedEntity entity) {
    Optional<EntityKey> key =
        switch (entity) {
          case Training ignored -> Optional.of(contribution(author, event));
          case Line line -> Optional.of(message(line, event));
          case Chat ignored -> Optional.empty();
          case Settings ignored -> Optional.empty();
        };
    return key.map(gone -> Write.delete(new WriteKey(why + "/back/" + event.id().hex()), gone));
  }

  /// Every write that an event may be besides itself.
  List<Derived> prospects(Caller author, Event event, SeedEntity entity) {
    return writes(author, event, entity, null);
  }

  /// What an event is besides itself, as things stand.
  List<Derived> of(
      Caller author, Event event, SeedEntity entity, Function<EntityKey, @Nullable Entity> now) {
    return writes(author, event, entity, now);
  }

  private List<Derived> writes(
      Caller author,
      Event event,
      SeedEntity entity,
      @Nullable Function<EntityKey, @Nullable Entity> now) {
    Writes writes = new Writes(author, event, now);
    switch (entity) {
      case Chat chat -> chat(writes, chat);
      case Line line -> line(writes, line);
      case Settings settings ->
          writes.add(
              new EntityKey(own(author.principal()), SETTINGS, SETTINGS_ID),
              settings.fields(),
              SeedEvents.version(event));
      case Training training ->
          writes.add(
              contribution(author.principal(), event), training.fields(), OptionalLong.empty());
    }
    return writes.all;
  }

  private void chat(Writes writes, Chat chat) {
    ScopeName scope = scope(chat.id());
    EntityKey entity = new EntityKey(scope, CHAT, new EntityId(chat.id()));
    writes.patch(entity, chat.fields());
    for (Share share : chat.shares()) {
      share(writes, scope, share);
    }
    for (Message each : chat.messages()) {
      EntityKey key = new EntityKey(scope, message, new EntityId(each.id()));
      Long seen = each.version();
      if (seen != null) {
        writes.add(key, each.fields(), OptionalLong.of(seen));
      } else if (writes.isNew(key)) {
        writes.add(key, each.fields(), OptionalLong.empty());
      }
    }
  }

  private static void share(Writes writes, ScopeName scope, Share share) {
    PrincipalId principal = new PrincipalId(share.key().hex());
    EntityKey grant = EntityKey.grant(scope, principal);
    Right right =
        switch (share.role()) {
          case READER -> Right.READ;
          case WRITER -> Right.WRITE;
          case OWNER -> Right.ADMIN;
          case REVOKED -> Right.NONE;
        };
    Right held = Authorizer.granted(writes.entity(grant));
    boolean isSettled = right == Right.NONE ? held == Right.NONE : held.covers(right);
    boolean isSelf = writes.author.names().contains(principal);
    if (writes.isProspect() || (!isSettled && !isSelf)) {
      writes.add(grant, right(right), OptionalLong.empty());
    }
  }

  private static JsonObject right(Right right) {
    return JsonObject.EMPTY.with("right", right.word());
  }

  /// A grant that an event writes.
  static Write grant(Event event, EntityKey grant, Right right) {
    return insert(event, grant, right(right));
  }

  private static Write insert(Event event, EntityKey entity, JsonObject fields) {
    String part = NostrChanges.sha256(entity.model() + "/" + entity.id()).substring(0, 32);
    return Write.insert(new WriteKey(event.id().hex() + "/" + part), entity, fields);
  }

  /// The write by which an event made an entity, as far as its name goes: whether its key was used
  /// tells whether it did.
  ///
  /// @param by whoever may know under which principal the author wrote
  static Derived making(Caller by, Event event, EntityKey entity) {
    Caller author = new Caller(authorOf(by, event), Authority.OWNER, NostrGateway.ORIGIN);
    return new Derived(author, insert(event, entity, JsonObject.EMPTY));
  }

  /// Under which principal an event's author writes, as far as somebody's names tell.
  static PrincipalId authorOf(Caller by, Event event) {
    PrincipalId author = new PrincipalId(event.author().hex());
    return by.names().contains(author) ? by.principal() : author;
  }

  /// A message of its own, in a chat that is here; elsewhere its `h` tag is no matter of ours.
  private void line(Writes writes, Line line) {
    ScopeName scope = scope(line.chat());
    EntityKey chat = new EntityKey(scope, CHAT, new EntityId(line.chat()));
    Entity there = writes.entity(chat);
    if (writes.isProspect()) {
      writes.add(chat, JsonObject.EMPTY, OptionalLong.empty()); // to be looked up
    }
    if (writes.isProspect() || (there != null && !there.deleted())) {
      writes.add(message(line, writes.event), line.fields(), OptionalLong.empty());
    }
  }

  /// The writes of one event; without a state to look at, all that there may be.
  private static final class Writes {
    private final Caller author;
    private final Event event;
    private final @Nullable Function<EntityKey, @Nullable Entity> now;
    private final List<Derived> all = new ArrayList<>();

    private Writes(
        Caller author, Event event, @Nullable Function<EntityKey, @Nullable Entity> now) {
      this.author = author;
      this.event = event;
      this.now = now;
    }

    boolean isProspect() {
      return now == null;
    }

    @Nullable Entity entity(EntityKey key) {
      return now == null ? null : Objects.requireNonNull(now).apply(key);
    }

    /// Whether an entity never was; also when nobody knows yet.
    boolean isNew(EntityKey key) {
      return entity(key) == null;
    }

    /// Patches what the whole event is about; nothing when everything is so already and the event
    /// names no version.
    void patch(EntityKey key, JsonObject fields) {
      OptionalLong version = SeedEvents.version(event);
      Entity there = entity(key);
      if (version.isPresent()
          || there == null
          || there.deleted()
          || !there.data().patchedBy(fields).equals(there.data())) {
        add(key, fields, version);
      }
    }

    void add(EntityKey entity, JsonObject fields, OptionalLong version) {
      Write write = insert(event, entity, fields);
      all.add(
          new Derived(author, version.isPresent() ? write.expecting(version.getAsLong()) : write));
    }
  }
}
