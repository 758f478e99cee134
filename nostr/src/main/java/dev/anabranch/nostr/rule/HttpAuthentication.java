package dev.anabranch.nostr.rule;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Digest;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Who sends an HTTP request (NIP-98).
///
/// A proof is good for a minute either way; that it is used once, the server sees to by its id.
public final class HttpAuthentication {

  /// How far a client's clock may be off.
  public static final long SKEW_SECONDS_MAX = 60;

  private static final String SCHEME = "Nostr ";
  private static final int HEADER_CHARACTERS_MAX = 16 * 1024;

  private HttpAuthentication() {}

  /// The request that a proof must be of.
  ///
  /// @param url absolute, with its query
  /// @param method upper case
  /// @param body empty when there is none
  public record Request(String url, String method, byte[] body) {

    private String payload() {
      return Hex.of(Digest.sha256(body));
    }
  }

  /// The proof of an `Authorization` header.
  ///
  /// @param needsPayload whether the proof must name the body's hash, as NIP-86 demands
  public static Parsed<VerifiedEvent> parse(
      String header, Request request, boolean needsPayload, long nowSeconds) {
    return parse(header, List.of(request.url()), request, needsPayload, nowSeconds);
  }

  /// The same, of a request whose URL has several spellings.
  ///
  /// @param urls all of them; the request's own does not count
  public static Parsed<VerifiedEvent> parse(
      String header, List<String> urls, Request named, boolean needsPayload, long nowSeconds) {
    return Parsed.of(() -> {
      Event event = event(header);
      String url =
          event.tagValues("u").stream().filter(urls::contains).findFirst().orElse(named.url());
      Request request = new Request(url, named.method(), named.body());
      fault(event, request, needsPayload, nowSeconds)
          .ifPresent(detail -> {
            throw new MalformedText(detail);
          });
      if (Verification.of(event) instanceof Verification.Verified(VerifiedEvent verified)) {
        return verified;
      }
      throw new MalformedText("the event is not signed by its author");
    });
  }

  private static Event event(String header) {
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        || header.length() > HEADER_CHARACTERS_MAX) {
      throw new MalformedText("not an Authorization of the scheme Nostr");
    }
    try {
      byte[] json = Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
      return switch (Event.parse(json, EventLimits.USUAL)) {
        case Parsed.Value<Event>(Event event) -> event;
        case Parsed.Malformed<Event>(String detail) -> throw new MalformedText(detail);
      };
    } catch (IllegalArgumentException notBase64) {
      throw new MalformedText("the event is not in base64");
    }
  }

  private static Optional<String> fault(
      Event event, Request request, boolean needsPayload, long nowSeconds) {
    if (event.kind() != Kinds.HTTP_AUTHENTICATION) {
      return Optional.of("the event is of kind " + event.kind() + ", not 27235");
    }
    if (Math.abs(event.createdAtSeconds() - nowSeconds) > SKEW_SECONDS_MAX) {
      return Optional.of("created_at is more than a minute from the server's time");
    }
    if (!event.tagValues("u").equals(List.of(request.url()))) {
      return Optional.of("the u tag is not the URL of the request");
    }
    if (!event.tagValues("method").equals(List.of(request.method()))) {
      return Optional.of("the method tag is not the method of the request");
    }
    List<String> payload = event.tagValues("payload");
    boolean isPayloadGood =
        payload.isEmpty() ? !needsPayload : payload.equals(List.of(request.payload()));
    return isPayloadGood
        ? Optional.empty()
        : Optional.of("the payload tag is not the hash of the body");
  }

  /// What a client signs.
  public static UnsignedEvent proof(PublicKey client, Request request, long nowSeconds) {
    List<Tag> tags = new ArrayList<>();
    tags.add(Tag.of("u", request.url()));
    tags.add(Tag.of("method", request.method()));
    if (request.body().length > 0) {
      tags.add(Tag.of("payload", request.payload()));
    }
    return new UnsignedEvent(client, nowSeconds, Kinds.HTTP_AUTHENTICATION, tags, "");
  }

  /// The `Authorization` header that carries a proof.
  public static String header(Event proof) {
    return SCHEME + Base64.getEncoder().encodeToString(proof.jsonBytes());
  }
}
