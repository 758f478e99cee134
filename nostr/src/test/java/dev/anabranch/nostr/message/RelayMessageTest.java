package dev.anabranch.nostr.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayMessageTest {
  private static final SecretKey KEY = SecretKey.generate(new Random(7));
  private static final Event EVENT =
      new UnsignedEvent(KEY.publicKey(), 100, 1, List.of(), "x").sign(KEY);
  private static final SubscriptionId ID = new SubscriptionId("s\"1");

  static Stream<RelayMessage> everyMessage() {
    return Stream.of(
        new RelayMessage.Delivery(ID, EVENT),
        new RelayMessage.Ok(EVENT.id(), true, ""),
        new RelayMessage.Ok(EVENT.id(), false, Prefix.POW.reason("28 bits are wanted")),
        new RelayMessage.EndOfStored(ID, null),
        new RelayMessage.EndOfStored(ID, RelayMessage.Extent.FINISH),
        new RelayMessage.EndOfStored(ID, RelayMessage.Extent.MORE),
        new RelayMessage.Closed(ID, Prefix.AUTH_REQUIRED.reason("who are you?")),
        new RelayMessage.Notice("a \n notice"),
        new RelayMessage.Challenge("c"),
        new RelayMessage.Counted(ID, 5, false, null),
        new RelayMessage.Counted(ID, 5, true, "0a".repeat(256)),
        new RelayMessage.ReconcileNext(ID, "61"),
        new RelayMessage.ReconcileError(ID, "closed: too slow", 0),
        new RelayMessage.ReconcileError(ID, "blocked: too many", 1000));
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void whatIsWrittenIsReadAgain(RelayMessage message) {
    assertThat(parse(message.json())).isEqualTo(new Parsed.Value<>(message));
  }

  @Test
  void oneCopyOfAnEventServesEverySubscription() {
    RelayMessage.Delivery delivery = new RelayMessage.Delivery(ID, EVENT);

    assertThat(RelayMessage.Delivery.opening(ID) + EVENT.json() + "]").isEqualTo(delivery.json());
  }

  @Test
  void readsOverElementsOfLaterTimes() {
    assertThat(parse("[\"NOTICE\",\"x\",{\"y\":[1]}]"))
        .isEqualTo(new Parsed.Value<>(new RelayMessage.Notice("x")));
  }

  static Stream<Arguments> oddMessages() {
    String ok = "[\"OK\",\"" + EVENT.id() + "\",true";
    return Stream.of(
        arguments("[\"EOSE\",\"s\\\"1\",[1,\"later\",{}]]", new RelayMessage.EndOfStored(ID, null)),
        arguments("[\"EOSE\",\"s\\\"1\",\"finish\"]", new RelayMessage.EndOfStored(ID, null)),
        arguments("[\"CLOSED\",\"s\\\"1\"]", new RelayMessage.Closed(ID, "")),
        arguments("[\"CLOSED\",\"s\\\"1\",null]", new RelayMessage.Closed(ID, "")),
        arguments(ok + "]", new RelayMessage.Ok(EVENT.id(), true, "")),
        arguments(ok + ",null]", new RelayMessage.Ok(EVENT.id(), true, "")),
        arguments("[\"OK\",\"\",false,\"invalid: x\"]", new RelayMessage.Notice("invalid: x")),
        arguments("[\"OK\",null,false,\"error: x\"]", new RelayMessage.Notice("error: x")),
        arguments(
            "[\"COUNT\",\"s\\\"1\",{\"count\":3,\"hll\":\"0A\",\"approximate\":1}]",
            new RelayMessage.Counted(ID, 3, false, null)),
        arguments(
            "[\"COUNT\",\"s\\\"1\",{\"count\":3,\"hll\":null}]",
            new RelayMessage.Counted(ID, 3, false, null)),
        arguments(
            "[\"NEG-ERR\",\"s\\\"1\",\"closed: x\",\"many\"]",
            new RelayMessage.ReconcileError(ID, "closed: x", 0)));
  }

  @ParameterizedTest
  @MethodSource("oddMessages")
  void oddOptionalElementsDoNotLoseAMessage(String json, RelayMessage message) {
    assertThat(parse(json)).isEqualTo(new Parsed.Value<>(message));
  }

  @Test
  void theFirstWordOfAReasonIsForPrograms() {
    assertThat(Prefix.of("auth-required: x")).contains(Prefix.AUTH_REQUIRED);
    assertThat(Prefix.of("ERROR: auth-required: x")).isEmpty();
    assertThat(Prefix.of("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "[\"OK\",\"x\"]", "[\"COUNT\",\"s\",{}]", "[\"NEG-MSG\",\"s\",\"AB\"]"})
  void refusesWhatNoRelaySays(String json) {
    assertThat(parse(json)).isInstanceOf(Parsed.Malformed.class);
  }

  private static Parsed<RelayMessage> parse(String json) {
    return RelayMessage.parse(json.getBytes(StandardCharsets.UTF_8), MessageLimits.USUAL);
  }
}
