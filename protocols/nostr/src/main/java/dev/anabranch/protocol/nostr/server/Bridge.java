package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.commit.Derivation.Derived;
import dev.anabranch.kernel.commit.Derivation.Originals;
import dev.anabranch.kernel.commit.Derivation.State;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Hlc;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.KindClass;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.seed.BridgeEvents;
import dev.anabranch.nostr.seed.BridgeEvents.Gone;
import dev.anabranch.nostr.seed.BridgeEvents.Source;
import dev.anabranch.nostr.text.Hex;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Changes of chats, their messages, settings and training data that came in another way, as events
/// of the server's bridge key; pure. Other entities too, where the operator says so (decision
/// 0078).
///
/// Each entity has one place for its event – the newest stands there, signed once and stored with
/// the change that it shows (K3). The event of a deleted entity is erased, and an event of kind 5
/// tells those who have it. So is an author's event that says what is so no more
/// ([OutdatedEvents]).
public final class Bridge {

  private static final String SHOWN = "event";
  private static final String KIND = "kind";
  private static final String CREATED_AT = "created_at";

  private final SecretKey secret;
  private final Supplier<String> sourceUrl;
  private final ModelName message;
  private final Predicate<EntityKey> others;
  private final OutdatedEvents outdated;
  private final Caller caller;

  /// A bridge.
  ///
  /// @param secret the server's own key
  /// @param sourceUrl where entities can be read, `https://host/`; asked whenever something is
  ///   signed, for a server may learn its port last
  /// @param kinds which events are taken as the seeds mean them
  /// @param message name of the model of messages
  /// @param others which entities are shown that are none of the four; each of their changes costs
  ///   a signature
  public Bridge(
      SecretKey secret,
      Supplier<String> sourceUrl,
      SeedKinds kinds,
      ModelName message,
      Predicate<EntityKey> others) {
    this.secret = secret;
    this.sourceUrl = sourceUrl;
    this.message = message;
    this.others = others;
    this.outdated = new OutdatedEvents(kinds, message);
    ScopeName own = NostrChanges.scope(secret.publicKey());
    this.caller =
        new Caller(
            new PrincipalId(secret.publicKey().hex()),
            new Authority(
                List.of(new ScopePattern(own.text())), Right.WRITE, false, false, Set.of(own)),
            NostrGateway.ORIGIN);
  }

  /// The key that signs.
  public PublicKey key() {
    return secret.publicKey();
  }

  /// Which event stands at a place, if one does.
  static Optional<EventId> shown(Entity place) {
    return place.data().string(SHOWN).map(EventId::parse);
  }

  private boolean shows(Caller by, EntityKey entity, WriteKey key) {
    if (isSeeds(entity)) {
      return !entity.model().equals(message) || !isAnEvent(by, entity, key);
    }
    return !entity.model().equals(NostrChanges.EVENT) && others.test(entity);
  }

  /// Whether an entity is one that the seeds' events speak of.
  private boolean isSeeds(EntityKey entity) {
    return switch (entity.scope().kind()) {
      case "chat" -> entity.model().equals(SeedChanges.CHAT) || entity.model().equals(message);
      case "user" ->
          entity.model().equals(SeedChanges.SETTINGS)
              || entity.model().equals(SeedChanges.TRAINING);
      default -> false;
    };
  }

  /// Whether a message came as an event of its own, which shows it better than a copy.
  private static boolean isAnEvent(Caller by, EntityKey entity, WriteKey key) {
    return by.origin().equals(NostrGateway.ORIGIN)
        && key.text().startsWith(entity.id().text() + "/");
  }

  /// Whether a change is of an event that says so itself. The messages of a chat's event are not:
  /// its next event takes its place, and they stay. Nor is a deletion: what was changed another way
  /// meanwhile is shown, and that goes.
  private boolean isSaid(Caller by, EntityKey entity, Action action) {
    return by.origin().equals(NostrGateway.ORIGIN)
        && !entity.model().equals(message)
        && action != Action.DELETE;
  }

  private boolean isNews(Caller by, EntityKey entity, WriteKey key, Action action) {
    return shows(by, entity, key) && !isSaid(by, entity, action);
  }

  /// Whether a change takes something back. What an event shows of it goes, whichever entities are
  /// shown now.
  private static boolean takesBack(Caller by, Action action) {
    return action == Action.DELETE || by.origin().equals(NostrChanges.ERASER);
  }

  /// Whether Nostr's own rules say what becomes of the author's event: who deletes or vanishes
  /// takes it back with all that it was.
  private static boolean isTakenCareOf(Caller by, Action action) {
    return isOfNostr(by) && takesBack(by, action);
  }

  /// Whether somebody writes by an event, or erases by Nostr's rules.
  static boolean isOfNostr(Caller by) {
    return by.origin().equals(NostrChanges.ERASER) || by.origin().equals(NostrGateway.ORIGIN);
  }

  /// Every event that a write may be shown by, or may take back.
  List<Derived> prospects(Caller by, Write write, Originals originals) {
    EntityKey entity = write.entity();
    if (!isNews(by, entity, write.key(), write.action()) && !takesBack(by, write.action())) {
      return List.of();
    }
    List<Derived> events = new ArrayList<>();
    ScopeName scope = entity.scope();
    // What an event writes without naming a version was never there before: nothing is outdated.
    boolean isNew = isOfNostr(by) && write.expectedVersion() == null;
    if (isSeeds(entity) && !isNew && !isTakenCareOf(by, write.action())) {
      for (Event event : outdated.candidates(by, entity, write.action(), originals)) {
        events.add(takenBack(by, scope, write.key(), event, null));
        events.add(SeedChanges.making(by, event, entity));
      }
    }
    events.add(insert(place(entity), key(by, scope, write.key(), ""), JsonObject.EMPTY));
    if (write.action() == Action.DELETE) {
      events.add(insert(gone(entity), key(by, scope, write.key(), "gone"), JsonObject.EMPTY));
    }
    return events;
  }

  /// The events that show a change, and what becomes of those that its entity had.
  List<Derived> of(Caller by, Change change, Entity after, State now) {
    EntityKey entity = change.entity();
    boolean isNews = isNews(by, entity, change.key(), change.action());
    if (!isNews && !takesBack(by, change.action())) {
      return List.of();
    }
    boolean isNew = change.version() == 1;
    List<Event> over =
        isSeeds(entity) && !isNew && !isTakenCareOf(by, change.action())
            ? outdated.of(by, change.action(), after, now)
            : List.of();
    List<Derived> events = new ArrayList<>();
    for (Event event : over) {
      Entity there = now.entity(NostrChanges.entity(event));
      events.add(takenBack(by, change.scope(), change.key(), event, there));
    }
    EntityKey place = place(entity);
    Entity last = now.entity(place);
    boolean isShown = last != null && !last.deleted();
    if (!after.deleted()) {
      if (isNews || isShown) {
        Derived shown = signed(place, by, change, "", show(after, by, dated(change, last)));
        events.add(by.origin().equals(NostrChanges.ERASER) ? erasing(shown) : shown);
      }
    } else if (change.action() == Action.DELETE && (isShown || !over.isEmpty())) {
      List<Gone> gone = new ArrayList<>();
      over.forEach(event -> gone.add(new Gone(event.id(), event.kind())));
      long at = dated(change, last);
      if (isShown) {
        gone.add(shownAt(Objects.requireNonNull(last)));
        WriteKey key = key(by, change.scope(), change.key(), "");
        events.add(new Derived(caller, Write.delete(key, place).at(NostrChanges.stamp(at))));
      }
      UnsignedEvent told = BridgeEvents.gone(key(), source(after, by), gone, at);
      events.add(signed(gone(entity), by, change, "gone", told));
    }
    return events;
  }

  private static Gone shownAt(Entity place) {
    return new Gone(shown(place).orElseThrow(), (int) place.data().number(KIND).orElseThrow());
  }

  /// The deletion of an author's event. What was deleted by its id never comes back; at an address
  /// its author may say something new.
  ///
  /// @param there what stands where the event does; null = nobody knows yet
  private static Derived takenBack(
      Caller by, ScopeName scope, WriteKey of, Event event, @Nullable Entity there) {
    WriteKey key = key(by, scope, of, "/" + event.id().hex());
    Write write = Write.delete(key, NostrChanges.entity(event));
    long stamp =
        there == null || event.kindClass() == KindClass.REGULAR
            ? NostrChanges.FOR_EVER
            : NewestRule.stampOf(there) + 1;
    return new Derived(NostrChanges.relay(), write.at(stamp));
  }

  private static Derived erasing(Derived shown) {
    return new Derived(shown.caller(), shown.write().erasing(Set.of()));
  }

  /// Behind whatever stood at the place, what was deleted there included.
  private static long dated(Change change, @Nullable Entity last) {
    long nowSeconds = change.at() / 1000;
    return last == null
        ? nowSeconds
        : BridgeEvents.dated(nowSeconds, Hlc.millis(NewestRule.stampOf(last)) / 1000);
  }

  private UnsignedEvent show(Entity entity, Caller by, long atSeconds) {
    Source source = source(entity, by);
    if (!isSeeds(entity.key()) || !entity.key().scope().kind().equals("chat")) {
      return BridgeEvents.entity(key(), source, atSeconds);
    }
    return entity.key().model().equals(message)
        ? BridgeEvents.message(key(), source, atSeconds)
        : BridgeEvents.chat(key(), source, atSeconds);
  }

  private Source source(Entity entity, Caller by) {
    EntityKey key = entity.key();
    Set<PublicKey> people = new LinkedHashSet<>();
    addKey(people, by.principal().text());
    if (key.scope().kind().equals("user")) {
      addKey(people, key.scope().id());
    }
    String url =
        sourceUrl.get()
            + "api/"
            + key.model()
            + "/"
            + encoded(key.id().text())
            + "?scope="
            + encoded(key.scope().text());
    return new Source(
        key.scope().text(),
        key.model().text(),
        key.id().text(),
        entity.version(),
        entity.data(),
        people,
        url);
  }

  private static void addKey(Set<PublicKey> people, String name) {
    if (Hex.isLower(name, 64)) {
      people.add(new PublicKey(name));
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private Derived signed(
      EntityKey place, Caller by, Change change, String part, UnsignedEvent unsigned) {
    Event event = unsigned.sign(secret);
    JsonObject data =
        JsonObject.EMPTY
            .with(KIND, event.kind())
            .with(CREATED_AT, event.createdAtSeconds())
            .with(SHOWN, event.id().hex());
    Write write = Write.insert(key(by, change.scope(), change.key(), part), place, data);
    return new Derived(
        caller,
        write
            .provenBy(Bytes.of(event.jsonBytes()))
            .at(NostrChanges.stamp(event.createdAtSeconds())));
  }

  private Derived insert(EntityKey place, WriteKey key, JsonObject data) {
    return new Derived(caller, Write.insert(key, place, data));
  }

  private static WriteKey key(Caller by, ScopeName scope, WriteKey of, String part) {
    return new WriteKey("bridge/" + NostrChanges.nameOf(by, scope, of) + part);
  }

  private EntityKey place(EntityKey entity) {
    return Places.shown(key(), entity);
  }

  private EntityKey gone(EntityKey entity) {
    return Places.gone(key(), entity);
  }
}
