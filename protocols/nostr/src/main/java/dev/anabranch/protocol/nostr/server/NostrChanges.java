package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.Hlc;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.nostr.event.Address;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Kinds;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// Events in the kernel's words and back.
///
/// All events are entities of the model `event` with the rule `newest` (decision 0070): a regular
/// one under its own id, a replaceable or addressable one under its address. A deletion is the
/// kernel's delete with a stamp: it also bars what comes later and is not newer. Which scope an
/// event stands in is [Routing]'s to say; what bars it stands in its author's.
public final class NostrChanges {

  /// The model of events.
  public static final ModelName EVENT = new ModelName("event");

  /// The stamp of what was deleted by its id: nothing is newer, so it never comes back.
  static final long FOR_EVER = Long.MAX_VALUE >> 1;

  /// The origin of what the relay takes back.
  static final String ERASER = "vanish";

  private static final EntityId VANISHED = new EntityId("vanished");
  private static final String VANISHED_BY = "vanished/";
  private static final long DELETED = 1;

  private NostrChanges() {}

  /// Who writes an event: its author, whose signature is the right to write in the author's scope.
  /// In chats and for settings the grants are asked.
  static Caller author(PublicKey author, Identities.Identity identity) {
    Set<ScopeName> own =
        Set.copyOf(
            List.of(scope(author), confidential(author), SeedChanges.own(identity.principal())));
    List<ScopePattern> scopes = new ArrayList<>(List.of(new ScopePattern("chat:*")));
    own.forEach(scope -> scopes.add(new ScopePattern(scope.text())));
    return new Caller(
        identity.principal(),
        new Authority(scopes, Right.ADMIN, true, false, own),
        NostrGateway.ORIGIN,
        identity.also());
  }

  /// Who writes an event in a chat's scope: its author, who founds nothing by it.
  static Caller member(PublicKey author, Identities.Identity identity) {
    return new Caller(
        identity.principal(),
        new Authority(List.of(new ScopePattern("chat:*")), Right.WRITE, false, false),
        NostrGateway.ORIGIN,
        identity.also());
  }

  /// The relay itself: it deletes what has expired, vanished, or was sent to somebody who deletes
  /// it.
  static Caller relay() {
    return new Caller(new PrincipalId("relay"), Authority.OWNER, NostrGateway.ORIGIN);
  }

  /// The relay itself where it takes back what was written, whichever way that came: the bridge
  /// shows what is left.
  static Caller eraser() {
    return new Caller(PrincipalId.ERASER, Authority.OWNER, ERASER);
  }

  static ScopeName scope(PublicKey author) {
    return new ScopeName("user:" + author.hex());
  }

  /// Where an author's events stand that are for their parties alone.
  static ScopeName confidential(PublicKey author) {
    return ScopeName.privateOf(author.hex());
  }

  /// The entity that an event is a state of where it stands in its author's scope.
  static EntityKey entity(Event event) {
    return entity(event, scope(event.author()));
  }

  /// The entity that an event is a state of where it stands in a scope.
  static EntityKey entity(Event event, ScopeName scope) {
    return new EntityKey(scope, EVENT, entityId(event));
  }

  private static EntityId entityId(Event event) {
    return event
        .address()
        .map(NostrChanges::entityId)
        .orElseGet(() ->
            switch (event.kind()) {
              // A deletion that names one of these by id must not find it.
              case Kinds.DELETION, Kinds.VANISH -> new EntityId(event.kind() + ":" + event.id());
              default -> entityId(event.id());
            });
  }

  private static EntityId entityId(EventId id) {
    return new EntityId(id.hex());
  }

  private static EntityId entityId(Address address) {
    String plain = address.kind() + ":" + address.identifier();
    return EntityId.parse(plain)
        .orElseGet(() -> new EntityId(address.kind() + "#" + sha256(address.identifier())));
  }

  /// The stamp of a time: events of one second differ by their ids alone.
  static long stamp(long seconds) {
    return Hlc.ofMillis(seconds * 1000) + DELETED;
  }

  /// The write that an event is in its author's scope.
  ///
  /// @param json as it came
  static Write write(Event event, Bytes json) {
    return write(event, json, scope(event.author()));
  }

  /// The write that an event is.
  ///
  /// @param json as it came
  /// @param scope where it is to stand: it is barred where it stands or was deleted in another one
  static Write write(Event event, Bytes json, ScopeName scope) {
    JsonObject data =
        JsonObject.EMPTY.with("kind", event.kind()).with("created_at", event.createdAtSeconds());
    return Write.insert(new WriteKey(event.id().hex()), entity(event, scope), data)
        .provenBy(json)
        .at(stamp(event.createdAtSeconds()))
        .barredBy(bars(event));
  }

  private static List<EntityKey> bars(Event event) {
    if (event.kind() == Kinds.VANISH) {
      return List.of();
    }
    ScopeName home = scope(event.author());
    List<EntityKey> bars = new ArrayList<>(List.of(new EntityKey(home, EVENT, VANISHED)));
    if (event.kind() != Kinds.DELETION) {
      bars.add(new EntityKey(home, EVENT, entityId(event.id())));
      Routing.places(event).forEach(place -> bars.add(entity(event, place)));
    }
    return bars;
  }

  /// Deletes an event of an author for ever, whether it is here or not.
  ///
  /// @param cause the event that asks for it
  /// @param number of this write among those of the cause
  static Write delete(EventId cause, int number, PublicKey author, EventId target) {
    return delete(cause, number, new EntityKey(scope(author), EVENT, entityId(target)), FOR_EVER);
  }

  /// Deletes all versions at an address up to a time.
  static Write delete(EventId cause, int number, Address address, long untilSeconds) {
    EntityKey entity = new EntityKey(scope(address.author()), EVENT, entityId(address));
    return delete(cause, number, entity, stamp(untilSeconds) + DELETED);
  }

  /// Deletes an event that is here.
  static Write delete(EventId cause, int number, Event found) {
    return delete(cause, number, entity(found), stamp(found.createdAtSeconds()) + DELETED);
  }

  /// Bars everything of an author up to a time.
  static Write vanish(Event cause) {
    EntityKey entity = new EntityKey(scope(cause.author()), EVENT, VANISHED);
    return delete(cause.id(), 0, entity, stamp(cause.createdAtSeconds()) + DELETED);
  }

  /// What is deleted once a request to vanish is done with.
  static EntityKey vanished(Event cause) {
    return new EntityKey(
        scope(cause.author()), EVENT, new EntityId(VANISHED_BY + cause.id().hex()));
  }

  /// Says that a request to vanish is done with.
  static Write vanishedBy(Event cause) {
    WriteKey key = new WriteKey(cause.id().hex() + "/done");
    return Write.delete(key, vanished(cause)).at(stamp(cause.createdAtSeconds()));
  }

  private static Write delete(EventId cause, int number, EntityKey entity, long stamp) {
    return Write.delete(new WriteKey(cause.hex() + "/event/" + number), entity).at(stamp);
  }

  /// One name for each change, of which the keys of what it derives are made: its own key is unique
  /// within its scope and principal (K2).
  static String nameOf(Caller by, ScopeName scope, WriteKey key) {
    return sha256(scope + "\n" + by.principal() + "\n" + key);
  }

  /// The kernel's no in the relay's words.
  static Refusal refusal(Fault fault) {
    NostrFault said =
        switch (fault.code()) {
          case SUPERSEDED, ABSENT, APPEND_ONLY -> NostrFault.SUPERSEDED;
          case UNAVAILABLE -> NostrFault.UNAVAILABLE;
          case FORBIDDEN, UNAUTHENTICATED, SERVER_OWNED -> NostrFault.RESTRICTED;
          case QUOTA -> NostrFault.TOO_MANY;
          case RATE_LIMITED -> NostrFault.RATE_LIMITED;
          case INVALID,
              TOO_LARGE,
              SCHEMA,
              UNSUITABLE,
              UNSETTLED,
              KEY_REUSED,
              DEVICE_GAP,
              DEVICE_TAKEN,
              BATCH_ABORTED ->
              NostrFault.MALFORMED;
          case RULE_FAILED -> NostrFault.INTERNAL;
        };
    return new Refusal(said, fault.detail());
  }

  static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
