package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Confidential;
import dev.anabranch.nostr.rule.Expiration;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.rule.ProofOfWork;
import dev.anabranch.nostr.rule.Protection;
import dev.anabranch.nostr.rule.RelayAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Yes or a fault; pure. What may be published, who may see what, which authentication counts.
public final class NostrPolicy {

  /// How far the time of an authentication may be from ours (NIP-42), in seconds.
  static final long AUTHENTICATION_SECONDS = 600;

  private final Supplier<NostrLimits> limits;
  private final Supplier<NostrAccess> access;

  /// A policy whose limits stay as they are.
  ///
  /// @param access who may write and read, as it is now
  public NostrPolicy(NostrLimits limits, Supplier<NostrAccess> access) {
    this(() -> limits, access);
  }

  /// A policy.
  ///
  /// @param limits what a client can cost, as it is now
  /// @param access who may write and read, as it is now
  public NostrPolicy(Supplier<NostrLimits> limits, Supplier<NostrAccess> access) {
    this.limits = limits;
    this.access = access;
  }

  NostrLimits limits() {
    return limits.get();
  }

  NostrAccess access() {
    return access.get();
  }

  // What may be published.

  /// Why a verified event is not taken.
  ///
  /// @param keys those that the connection authenticated
  Optional<Refusal> refuses(Event event, Set<PublicKey> keys, long nowSeconds) {
    return misfit(event)
        .or(() -> misdated(event, nowSeconds))
        .or(() -> unwanted(event))
        .or(() -> forTooMany(event))
        .or(() -> tooLong(event))
        .or(() -> work(event))
        .or(() -> notByOne(event, keys))
        .or(() -> isProtected(event, keys));
  }

  /// Why a verified request to vanish is not taken, whatever its author may publish else: a relay
  /// has to heed it from everybody of whom it has something (NIP-62).
  Optional<Refusal> refusesToVanish(Event event, Set<PublicKey> keys, long nowSeconds) {
    return misdated(event, nowSeconds).or(() -> tooLong(event)).or(() -> isProtected(event, keys));
  }

  private Optional<Refusal> misfit(Event event) {
    return switch (event.kind()) {
      case Kinds.CLIENT_AUTHENTICATION ->
          no(NostrFault.UNPUBLISHABLE, "an authentication is sent as AUTH and never published");
      case Kinds.HTTP_AUTHENTICATION ->
          no(NostrFault.UNPUBLISHABLE, "an HTTP authentication is sent in a header");
      case Kinds.SEAL ->
          event.tags().isEmpty()
              ? Optional.empty()
              : no(NostrFault.MALFORMED, "a seal has no tags (NIP-59)");
      case Kinds.REPOST, Kinds.GENERIC_REPOST ->
          Protection.repostsProtected(event)
              ? no(
                  NostrFault.UNWANTED,
                  "the reposted event is protected (NIP-70), or not well formed")
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Optional<Refusal> misdated(Event event, long nowSeconds) {
    NostrLimits now = limits();
    long ahead = event.createdAtSeconds() - nowSeconds;
    if (ahead > now.aheadSeconds()) {
      return no(
          NostrFault.MISDATED,
          "created_at is " + ahead + " s ahead; at most " + now.aheadSeconds());
    }
    if (now.behindSeconds() > 0 && -ahead > now.behindSeconds()) {
      return no(
          NostrFault.MISDATED,
          "created_at is " + -ahead + " s back; at most " + now.behindSeconds());
    }
    return Expiration.isPast(event, nowSeconds)
        ? no(NostrFault.EXPIRED, "the event has expired")
        : Optional.empty();
  }

  private Optional<Refusal> unwanted(Event event) {
    NostrAccess now = access.get();
    if (now.banned().contains(event.author())) {
      return no(NostrFault.UNWANTED, "events of this author are not taken");
    }
    if (now.bannedEvents().contains(event.id().hex())) {
      return no(NostrFault.UNWANTED, "this event is not taken");
    }
    if (now.bannedKinds().contains(event.kind())
        || (!now.kinds().isEmpty() && !now.kinds().contains(event.kind()))) {
      return no(NostrFault.UNWANTED, "events of kind " + event.kind() + " are not taken");
    }
    return Optional.empty();
  }

  private Optional<Refusal> forTooMany(Event event) {
    return Routing.isForTooMany(event)
        ? no(NostrFault.MALFORMED, "an event names at most " + Routing.CHATS_MAX + " chats")
        : Optional.empty();
  }

  private Optional<Refusal> tooLong(Event event) {
    int most =
        access
            .get()
            .rule(event.kind())
            .map(KindRule::contentCharactersMax)
            .orElse(Integer.MAX_VALUE);
    int length = event.content().length();
    return length <= most
        ? Optional.empty()
        : no(
            NostrFault.MALFORMED,
            "the content has "
                + length
                + " characters; of kind "
                + event.kind()
                + " at most "
                + most);
  }

  private Optional<Refusal> work(Event event) {
    int wanted =
        Math.max(
            limits().workBitsMin(),
            access.get().rule(event.kind()).map(KindRule::workBitsMin).orElse(0));
    if (wanted == 0) {
      return Optional.empty();
    }
    return ProofOfWork.isEnough(event, wanted)
        ? Optional.empty()
        : no(NostrFault.TOO_LITTLE_WORK, "difficulty below " + wanted + ", done or committed to");
  }

  private Optional<Refusal> notByOne(Event event, Set<PublicKey> keys) {
    NostrAccess now = access.get();
    // Who wants to reach somebody looks for the relays that they use, everywhere (NIP-65).
    NostrAccess.Who usual =
        event.kind() == Kinds.RELAY_LIST ? NostrAccess.Who.ANYONE : now.writers();
    return switch (now.rule(event.kind()).flatMap(KindRule::writers).orElse(usual)) {
      case ANYONE -> Optional.empty();
      case AUTHENTICATED ->
          keys.isEmpty()
              ? no(NostrFault.AUTH_REQUIRED, "authenticate to publish")
              : Optional.empty();
      case MEMBERS ->
          now.members().contains(event.author()) || now.hasMember(keys)
              ? Optional.empty()
              : keys.isEmpty()
                  ? no(NostrFault.AUTH_REQUIRED, "only members publish here; authenticate")
                  : no(NostrFault.RESTRICTED, "only members publish here");
    };
  }

  private static Optional<Refusal> isProtected(Event event, Set<PublicKey> keys) {
    if (!Protection.isProtected(event) || keys.contains(event.author())) {
      return Optional.empty();
    }
    return keys.isEmpty()
        ? no(NostrFault.AUTH_REQUIRED, "the event is protected; its author must authenticate")
        : no(NostrFault.RESTRICTED, "the event is protected and its author is somebody else");
  }

  // Who may see what.

  /// Why a request is not answered at all.
  Optional<Refusal> refusesToRead(List<Filter> filters, Set<PublicKey> keys) {
    NostrAccess now = access.get();
    if (now.readers() != NostrAccess.Who.ANYONE && keys.isEmpty()) {
      return no(NostrFault.AUTH_REQUIRED, "authenticate to read");
    }
    if (now.readers() == NostrAccess.Who.MEMBERS && !now.hasMember(keys)) {
      return no(NostrFault.RESTRICTED, "only members read here");
    }
    return keys.isEmpty() && filters.stream().anyMatch(Confidential::asksOnlyFor)
        ? no(NostrFault.AUTH_REQUIRED, "these kinds are for their parties only; authenticate")
        : Optional.empty();
  }

  /// Whether somebody with these keys may see an event, and it is neither over nor banned; the same
  /// wherever events are told.
  boolean isVisible(Event event, Set<PublicKey> keys, long nowSeconds) {
    return Confidential.mayRead(event, keys) && isShown(event, nowSeconds);
  }

  /// Whether an event is shown at all: to those who may read it.
  boolean isShown(Event event, long nowSeconds) {
    return !Expiration.isPast(event, nowSeconds) && !access.get().hides(event);
  }

  /// Why somebody at an address may not come in.
  Optional<Refusal> refusesAddress(InetAddress address) {
    NostrAccess now = access.get();
    if (!now.allowed().isEmpty() && !now.allowed().contains(address)) {
      return no(NostrFault.UNWANTED, "this address is not one of those that may come in here");
    }
    return now.blocked().contains(address)
        ? no(NostrFault.UNWANTED, "this address is blocked here")
        : Optional.empty();
  }

  // Who somebody is.

  /// Why an authentication does not count (NIP-42).
  ///
  /// @param hosts the names that this relay is known by
  Optional<Refusal> refusesKey(Event event, String challenge, Set<String> hosts, long nowSeconds) {
    if (event.kind() != Kinds.CLIENT_AUTHENTICATION) {
      return no(NostrFault.MALFORMED, "an authentication is of kind 22242");
    }
    if (Math.abs(event.createdAtSeconds() - nowSeconds) > AUTHENTICATION_SECONDS) {
      return no(NostrFault.MISDATED, "the authentication is not of now");
    }
    if (!event.tag("challenge").map(Tag::value).orElse("").equals(challenge)) {
      return no(NostrFault.MALFORMED, "the challenge is not the one of this connection");
    }
    String relay = event.tag("relay").map(Tag::value).orElse("");
    if (hostOf(relay).filter(hosts::contains).isEmpty()) {
      return no(NostrFault.MALFORMED, "the authentication is for another relay");
    }
    return access.get().banned().contains(event.author())
        ? no(NostrFault.RESTRICTED, "this key is banned here")
        : Optional.empty();
  }

  /// The host that a relay's URL names, in lower case.
  public static Optional<String> hostOf(String url) {
    String plain = url.strip();
    return plain.startsWith("ws://") || plain.startsWith("wss://")
        ? RelayAddress.host(url)
        : Optional.empty();
  }

  /// Whether a request to vanish is meant for us (NIP-62).
  static boolean isForUs(Event vanish, Set<String> hosts) {
    return vanish.tagValues("relay").stream()
        .anyMatch(relay ->
            relay.equals("ALL_RELAYS") || hostOf(relay).filter(hosts::contains).isPresent());
  }

  private static Optional<Refusal> no(NostrFault fault, String detail) {
    return Optional.of(new Refusal(fault, detail));
  }
}
