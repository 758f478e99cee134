package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.key;
import static dev.anabranch.server.NostrClient.note;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.rule.ProofOfWork;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every limit that the relay's document tells (NIP-11) is the one that is enforced: what is just
/// within it is taken, and what is one beyond it is not.
@Timeout(120)
@SuppressWarnings("NullAway.Init") // each test serves first
class AdvertisedLimitsTest {

  private static final SecretKey ANN = key(1);

  /// Limits that a test reaches soon, an event shorter than a message among them.
  private static final Map<String, String> TIGHT =
      Map.of(
          "nostr.message_bytes_max", "8000",
          "nostr.event_bytes_max", "6000",
          "nostr.content_chars_max", "1200",
          "nostr.event_tags_max", "12",
          "nostr.subscriptions_max", "2",
          "nostr.limit_max", "5",
          "nostr.limit_default", "3",
          "nostr.created_ahead_seconds_max", "300",
          "nostr.created_behind_seconds_max", "100000");

  private Served served;
  private NostrClient client;
  private JsonObject limits;

  static Stream<Map<String, String>> servers() {
    return Stream.of(Map.of(), TIGHT, Map.of("links.message_bytes_max", "100000"));
  }

  private void serve(Map<String, String> settings) {
    served = Served.open(settings);
    client = NostrClient.of(served);
    limits =
        (JsonObject)
            Objects.requireNonNull(SignedPeer.json(document().body()).get("limitation"), "limits");
  }

  private HttpResponse<String> document() {
    return served.send(served.request("/").header("Accept", "application/nostr+json"));
  }

  @AfterEach
  void close() {
    client.close();
    served.close();
  }

  private int limit(String name) {
    return limits.get(name) instanceof JsonNumber number
        ? Math.toIntExact(number.longValue())
        : missing(name);
  }

  private int missing(String name) {
    throw new AssertionError(name + " is not told: " + limits.text());
  }

  private boolean flag(String name) {
    return ((JsonBoolean) Objects.requireNonNull(limits.get(name), name)).value();
  }

  /// An event whose whole message has so many bytes.
  private static Event ofMessageBytes(int bytes) {
    Event small = note(ANN, NOW, "", Tag.of("x", ""));
    int without = ("[\"EVENT\"," + small.json() + "]").getBytes(UTF_8).length;
    return note(ANN, NOW, "", Tag.of("x", "y".repeat(bytes - without)));
  }

  private void takes(Event event) {
    assertThat(client.answer(event)).startsWith("true");
  }

  private void refuses(Event event, String why) {
    assertThat(client.answer(event)).startsWith("false " + why);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aMessageOfTheLengthThatIsToldIsTakenAndALongerOneIsNot(Map<String, String> settings) {
    serve(settings);
    takes(ofMessageBytes(limit("max_message_length")));
    Event longer = ofMessageBytes(limit("max_message_length") + 1);
    if (settings.containsKey("links.message_bytes_max")) { // nobody reads it at all
      client.say("[\"EVENT\"," + longer.json() + "]");
      assertThat(client.ended()).isEqualTo(1009);
    } else {
      refuses(longer, "invalid: ");
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aContentOfTheLengthThatIsToldIsTakenAndALongerOneIsNot(Map<String, String> settings) {
    serve(settings);
    int most = limit("max_content_length");
    takes(note(ANN, NOW, "x".repeat(most)));
    refuses(note(ANN, NOW, "x".repeat(most + 1)), "invalid: the content has more than " + most);
    int wide = Math.min(most, (limit("max_message_length") - 500) / 4);
    takes(note(ANN, NOW, "🌊".repeat(wide))); // a character of four bytes is one
  }

  @ParameterizedTest
  @MethodSource("servers")
  void asManyTagsAsAreToldAreTakenAndOneMoreIsNot(Map<String, String> settings) {
    serve(settings);
    int most = limit("max_event_tags");
    takes(event(ANN, 1, NOW, "", tags(most)));
    refuses(event(ANN, 1, NOW, "", tags(most + 1)), "invalid: the event has more than");
  }

  @Test
  void whereAsFewTagsAsCanBeAreTakenOneAuthenticatesAllTheSame() {
    serve(Map.of("nostr.event_tags_max", "3", "nostr.tag_values_max", "2"));
    assertThat(client.authenticate(ANN)).contains(",true,");
    takes(event(ANN, 1, NOW, "", tags(3)));
    refuses(event(ANN, 1, NOW, "", tags(4)), "invalid: the event has more than");
  }

  private static Tag[] tags(int count) {
    return Collections.nCopies(count, Tag.of("x", "y")).toArray(Tag[]::new);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void asManySubscriptionsAsAreToldAreServedAndOneMoreIsNot(Map<String, String> settings) {
    serve(settings);
    int most = limit("max_subscriptions");
    for (int index = 0; index < most; index++) {
      assertThat(client.stored("s" + index, "{\"kinds\":[7]}").getLast()).startsWith("[\"EOSE\"");
    }
    assertThat(client.stored("more", "{\"kinds\":[7]}").getLast()).startsWith("[\"CLOSED\"");
    client.say("[\"CLOSE\",\"s0\"]");
    assertThat(client.stored("more", "{\"kinds\":[7]}").getLast()).startsWith("[\"EOSE\"");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aSubscriptionsNameOfTheLengthThatIsToldIsTakenAndALongerOneIsNot(
      Map<String, String> settings) {
    serve(settings);
    int most = limit("max_subid_length");
    assertThat(client.stored("s".repeat(most), "{}").getLast()).startsWith("[\"EOSE\"");
    assertThat(client.stored("s".repeat(most + 1), "{}").getLast()).startsWith("[\"CLOSED\"");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void anEventIsTakenAsFarAheadAsIsToldAndNoFarther(Map<String, String> settings) {
    serve(settings);
    int most = limit("created_at_upper_limit");
    refuses(note(ANN, now() + most + 60, "later"), "invalid: created_at is ");
    takes(note(ANN, now() + most - 1, "soon"));
  }

  @Test
  void anEventIsTakenFromAsFarBackAsIsToldAndNoFarther() {
    serve(TIGHT);
    int most = limit("created_at_lower_limit");
    takes(note(ANN, now() - most + 60, "old"));
    refuses(note(ANN, now() - most - 1, "older"), "invalid: created_at is ");
    close();
    serve(Map.of());
    assertThat(limits.get("created_at_lower_limit")).isNull();
    takes(note(ANN, 1, "of the beginning"));
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }

  @Test
  void aFilterGetsAsManyEventsAsAreToldAndNoMore() {
    serve(TIGHT);
    int most = limit("max_limit");
    int usual = limit("default_limit");
    for (int index = 0; index < most + 2; index++) {
      takes(note(ANN, NOW + index, "n" + index));
    }
    assertThat(client.ids("{\"limit\":" + (most - 1) + "}")).hasSize(most - 1);
    assertThat(client.ids("{\"limit\":" + most + "}")).hasSize(most);
    assertThat(client.ids("{\"limit\":" + (most + 1) + "}")).hasSize(most);
    assertThat(client.ids("{}")).hasSize(usual);
  }

  @Test
  void anEventWithTheWorkThatIsToldIsTakenAndOneWithABitLessIsNot() {
    serve(Map.of("nostr.work_bits_min", "8"));
    int bits = limit("min_pow_difficulty");
    takes(worked(bits));
    refuses(worked(bits - 1), "pow: ");
    assertThat(flag("restricted_writes")).isTrue();
  }

  private static Event worked(int bits) {
    for (int nonce = 0; ; nonce++) {
      Event tried =
          note(ANN, NOW, "", Tag.of("nonce", Integer.toString(nonce), Integer.toString(bits)));
      if (ProofOfWork.isEnough(tried, bits) && !ProofOfWork.isEnough(tried, bits + 1)) {
        return tried;
      }
    }
  }

  @Test
  void whereNothingIsDemandedEverybodyReadsAndWritesForNothing() {
    serve(Map.of());
    assertThat(flag("auth_required")).isFalse();
    assertThat(flag("payment_required")).isFalse();
    assertThat(flag("restricted_writes")).isFalse();
    assertThat(limit("min_pow_difficulty")).isZero();
    takes(note(ANN, NOW, "free"));
    assertThat(client.ids("{}")).hasSize(1);
  }

  @Test
  void whereAuthenticationOrMembershipIsToldNothingGoesWithoutIt() {
    serve(Map.of("nostr.readers", "authenticated", "nostr.writers", "members"));
    assertThat(flag("auth_required")).isTrue();
    assertThat(flag("restricted_writes")).isTrue();
    assertThat(client.stored("s", "{}").getLast()).startsWith("[\"CLOSED\",\"s\",\"auth-required:");
    refuses(note(ANN, NOW, "a stranger's"), "auth-required: ");
    client.authenticate(ANN);
    assertThat(client.stored("s", "{}").getLast()).startsWith("[\"EOSE\"");
    refuses(note(ANN, NOW, "a stranger's"), "restricted: ");
  }

  @Test
  void pagesOfAnyOriginMayReadTheDocument() {
    serve(Map.of());
    HttpResponse<String> document = document();
    assertThat(document.headers().firstValue("Content-Type")).contains("application/nostr+json");
    assertThat(document.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    assertThat(document.headers().firstValue("Access-Control-Allow-Headers"))
        .hasValueSatisfying(headers -> assertThat(headers).contains("*"));
    assertThat(document.headers().firstValue("Access-Control-Allow-Methods"))
        .hasValueSatisfying(methods -> assertThat(methods).contains("GET"));
  }
}
