package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Parsed;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Yes or a fault; pure. What may be published, who may see what, which authentication counts.
public final class NostrPolicy {

  /// How far the time of an authentication may be from ours (NIP-42), in seconds.
  static final long AUTHENTICATION_SECONDS = 600;

  private final NostrLimits limits;
  private final Supplier<NostrAccess> access;

  /// A policy.
  ///
  /// @param access who may write and read, as it is now
  public NostrPolicy(NostrLimits limits, Supplier<NostrAccess> access) {
    this.limits = limits;
    this.access = access;
  }

  NostrLimits limits() {
    return limits;
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
        .or(() -> notByOne(event, keys))
        .or(() -> isProtected(event, keys));
  }

  private Optional<Refusal> misfit(Event event) {
    return switch (event.kind()) {
      case Kinds.AUTHENTICATION ->
          no(NostrFault.UNPUBLISHABLE, "an authentication is sent as AUTH and never published");
      case Kinds.HTTP_AUTHENTICATION ->
          no(NostrFault.UNPUBLISHABLE, "an HTTP authentication is sent in a header");
      case Kinds.SEAL ->
          event.tags().isEmpty()
              ? Optional.empty()
              : no(NostrFault.MALFORMED, "a seal has no tags (NIP-59)");
      case Kinds.REPOST, Kinds.GENERIC_REPOST ->
          embedsProtected(event)
              ? no(NostrFault.UNWANTED, "the reposted event is protected (NIP-70)")
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static boolean embedsProtected(Event event) {
    if (!event.content().startsWith("{")) {
      return false;
    }
    byte[] inner = event.content().getBytes(StandardCharsets.UTF_8);
    return Event.parse(inner, EventLimits.NONE) instanceof Parsed.Value<Event>(Event reposted)
        && hasProtection(reposted);
  }

  private Optional<Refusal> misdated(Event event, long nowSeconds) {
    long ahead = event.createdAtSeconds() - nowSeconds;
    if (ahead > limits.aheadSeconds()) {
      return no(
          NostrFault.MISDATED,
          "created_at is " + ahead + " s ahead; at most " + limits.aheadSeconds());
    }
    if (limits.behindSeconds() > 0 && -ahead > limits.behindSeconds()) {
      return no(
          NostrFault.MISDATED,
          "created_at is " + -ahead + " s back; at most " + limits.behindSeconds());
    }
    return isExpired(event, nowSeconds)
        ? no(NostrFault.EXPIRED, "the event has expired")
        : Optional.empty();
  }

  /// Whether an event is to be forgotten already (NIP-40).
  static boolean isExpired(Event event, long nowSeconds) {
    Long expiration = EventMarking.expiration(event);
    return expiration != null && expiration <= nowSeconds;
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
    return work(event);
  }

  private Optional<Refusal> work(Event event) {
    int wanted = limits.workBitsMin();
    if (wanted == 0) {
      return Optional.empty();
    }
    int done = leadingZeroBits(event.id().bytes());
    int meant = event.tag("nonce").map(tag -> number(tag.at(2), done)).orElse(done);
    int counts = Math.min(done, meant); // luck beyond the commitment does not count (NIP-13)
    return counts < wanted
        ? no(NostrFault.TOO_LITTLE_WORK, "difficulty " + counts + " is less than " + wanted)
        : Optional.empty();
  }

  private static int number(String text, int otherwise) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : otherwise;
  }

  static int leadingZeroBits(byte[] bytes) {
    int bits = 0;
    for (byte next : bytes) {
      if (next != 0) {
        return bits + Integer.numberOfLeadingZeros(next & 0xff) - 24;
      }
      bits += Byte.SIZE;
    }
    return bits;
  }

  private Optional<Refusal> notByOne(Event event, Set<PublicKey> keys) {
    NostrAccess now = access.get();
    return switch (now.writers()) {
      case ANYONE -> Optional.empty();
      case AUTHENTICATED ->
          keys.isEmpty()
              ? no(NostrFault.AUTH_REQUIRED, "authenticate to publish")
              : Optional.empty();
      case MEMBERS ->
          now.members().contains(event.author()) || keys.stream().anyMatch(now.members()::contains)
              ? Optional.empty()
              : keys.isEmpty()
                  ? no(NostrFault.AUTH_REQUIRED, "only members publish here; authenticate")
                  : no(NostrFault.RESTRICTED, "only members publish here");
    };
  }

  private static Optional<Refusal> isProtected(Event event, Set<PublicKey> keys) {
    if (!hasProtection(event) || keys.contains(event.author())) {
      return Optional.empty();
    }
    return keys.isEmpty()
        ? no(NostrFault.AUTH_REQUIRED, "the event is protected; its author must authenticate")
        : no(NostrFault.RESTRICTED, "the event is protected and its author is somebody else");
  }

  private static boolean hasProtection(Event event) {
    return event.tags().stream().anyMatch(tag -> tag.is("-"));
  }

  // Who may see what.

  /// Why a request is not answered at all.
  Optional<Refusal> refusesToRead(List<Filter> filters, Set<PublicKey> keys) {
    NostrAccess now = access.get();
    if (now.readers() != NostrAccess.Who.ANYONE && keys.isEmpty()) {
      return no(NostrFault.AUTH_REQUIRED, "authenticate to read");
    }
    if (now.readers() == NostrAccess.Who.MEMBERS
        && keys.stream().noneMatch(now.members()::contains)) {
      return no(NostrFault.RESTRICTED, "only members read here");
    }
    return keys.isEmpty() && filters.stream().anyMatch(NostrPolicy::isAllPrivate)
        ? no(NostrFault.AUTH_REQUIRED, "these kinds are for their parties only; authenticate")
        : Optional.empty();
  }

  private static boolean isAllPrivate(Filter filter) {
    Set<Integer> kinds = filter.kinds();
    return kinds != null && !kinds.isEmpty() && kinds.stream().allMatch(Kinds::isPrivate);
  }

  /// Whether somebody with these keys may see an event; the same wherever events are told.
  static boolean maySee(Event event, Set<PublicKey> keys) {
    return switch (event.kind()) {
      case Kinds.PRIVATE_MESSAGE -> keys.contains(event.author()) || isAddressedTo(event, keys);
      case Kinds.SEAL -> keys.contains(event.author());
      case Kinds.GIFT_WRAP, Kinds.EPHEMERAL_GIFT_WRAP -> isAddressedTo(event, keys);
      default -> true;
    };
  }

  private static boolean isAddressedTo(Event event, Set<PublicKey> keys) {
    return keys.stream().anyMatch(key -> event.hasTag("p", key.hex()));
  }

  // Who somebody is.

  /// Why an authentication does not count (NIP-42).
  ///
  /// @param hosts the names that this relay is known by
  Optional<Refusal> refusesKey(Event event, String challenge, Set<String> hosts, long nowSeconds) {
    if (event.kind() != Kinds.AUTHENTICATION) {
      return no(NostrFault.MALFORMED, "an authentication is of kind " + Kinds.AUTHENTICATION);
    }
    if (Math.abs(event.createdAtSeconds() - nowSeconds) > AUTHENTICATION_SECONDS) {
      return no(NostrFault.MISDATED, "the authentication is not of now");
    }
    if (!event.tag("challenge").map(Tag::value).orElse("").equals(challenge)) {
      return no(NostrFault.MALFORMED, "the challenge is not the one of this connection");
    }
    String relay = event.tag("relay").map(Tag::value).orElse("");
    return hostOf(relay).filter(hosts::contains).isPresent()
        ? Optional.empty()
        : no(NostrFault.MALFORMED, "the authentication is for another relay");
  }

  /// The host that a relay's URL names, in lower case.
  public static Optional<String> hostOf(String url) {
    try {
      URI uri = URI.create(url.strip());
      String scheme = uri.getScheme();
      return uri.getHost() != null && ("ws".equals(scheme) || "wss".equals(scheme))
          ? Optional.of(uri.getHost().toLowerCase(Locale.ROOT))
          : Optional.empty();
    } catch (IllegalArgumentException notAUrl) {
      return Optional.empty();
    }
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
