package dev.anabranch.nostr.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.filter.FilterLimits;
import dev.anabranch.nostr.key.SecretKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientMessageTest {
  private static final SecretKey KEY = SecretKey.generate(new Random(7));
  private static final Event EVENT =
      new UnsignedEvent(KEY.publicKey(), 100, 1, List.of(), "x").sign(KEY);
  private static final SubscriptionId ID = new SubscriptionId("s\"1");

  static Stream<ClientMessage> everyMessage() {
    Filter filter = Filter.ANY.withKinds(Set.of(1)).withLimit(5);
    return Stream.of(
        new ClientMessage.Publish(EVENT),
        new ClientMessage.Request(ID, List.of(filter, Filter.ANY)),
        new ClientMessage.Close(ID),
        new ClientMessage.Count(ID, List.of(filter)),
        new ClientMessage.Authenticate(EVENT),
        new ClientMessage.ReconcileOpen(ID, filter, "61ff"),
        new ClientMessage.ReconcileNext(ID, ""),
        new ClientMessage.ReconcileClose(ID));
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void whatIsWrittenIsReadAgain(ClientMessage message) {
    assertThat(read(message.json())).isEqualTo(new ClientText.Understood(message));
  }

  @Test
  void aWrongEventIsAnsweredByItsIdWhereverThatStands() {
    String json = "[\"EVENT\"," + EVENT.json().replace("\"kind\":1", "\"kind\":\"1\"") + "]";
    String idLast = "[\"EVENT\",{\"kind\":{\"a\":[1]},\"id\":\"" + EVENT.id() + "\"}]";

    assertThat(read(json)).isInstanceOf(ClientText.WrongEvent.class);
    assertThat(read(idLast))
        .isInstanceOfSatisfying(
            ClientText.WrongEvent.class,
            wrong -> assertThat(wrong.id()).isEqualTo(EVENT.id().hex()));
  }

  static Stream<String> brokenJson() {
    String id = "\"id\":\"" + EVENT.id() + "\"";
    return Stream.of(
            "\"content\":\"\\ud800\"",
            "\"content\":\"a\nb\"",
            "\"content\":\"\\x\\\"\"",
            "\"kind\":1,\"kind\":1",
            "\"more\":" + "[".repeat(100) + "\"id\"" + "]".repeat(100))
        .flatMap(wrong -> Stream.of(id + "," + wrong, wrong + " , " + id, wrong + "," + id + "x"))
        .map(fields -> "[\"EVENT\",{" + fields + "}]");
  }

  @ParameterizedTest
  @MethodSource("brokenJson")
  void anEventWhoseJsonIsWrongIsAnsweredByItsIdToo(String json) {
    assertThat(read(json))
        .isInstanceOfSatisfying(
            ClientText.WrongEvent.class,
            wrong -> assertThat(wrong.id()).isEqualTo(EVENT.id().hex()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s0", "short", "0x%s"})
  void anEventWhoseIdIsNoneIsAnsweredByWhatItSays(String id) {
    String claim = id.replace("%s", EVENT.id().hex());
    assertThat(read("[\"EVENT\",{\"x\":[\"id\"],\"id\":\"" + claim + "\"}]"))
        .isInstanceOfSatisfying(
            ClientText.WrongEvent.class, wrong -> assertThat(wrong.id()).isEqualTo(claim));
  }

  @Test
  void anEventThatIsTooLongIsAnsweredByItsId() {
    String json = "[\"EVENT\"," + EVENT.json() + "]";
    MessageLimits short100 = new MessageLimits(100, EventLimits.USUAL, FilterLimits.USUAL);
    assertThat(ClientMessage.read(json.getBytes(StandardCharsets.UTF_8), short100))
        .isInstanceOfSatisfying(
            ClientText.WrongEvent.class,
            wrong -> assertThat(wrong.id()).isEqualTo(EVENT.id().hex()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"EVENT\",{\"tags\":[[\"id\",\"%s\"]],\"x\":{\"id\":\"%s\"}}]",
        "[\"EVENT\",{\"content\":\"id\",\"sig\":\"%s\"}]",
        "[\"EVENT\",{\"content\":\"\\\"id\\\":\\\"%s\\\"\"}]",
        "[\"EVENT\",{\"id\":7}]",
        "[\"EVENT\",{\"id\":",
        "[\"EVENT\",{\"id\":\"\\",
      })
  void whatIsNotTheEventsOwnIdIsNotTakenForIt(String json) {
    assertThat(read(json.replace("%s", EVENT.id().hex()))).isInstanceOf(ClientText.Wrong.class);
  }

  @Test
  void aWrongRequestIsAnsweredByItsId() {
    SubscriptionId id = new SubscriptionId("s");

    assertThat(read("[\"REQ\",\"s\",{\"kinds\":[-1]}]"))
        .isInstanceOfSatisfying(
            ClientText.WrongRequest.class, wrong -> assertThat(wrong.subscription()).isEqualTo(id));
    assertThat(read("[\"REQ\",\"s\"]")).isInstanceOf(ClientText.WrongRequest.class);
    assertThat(read("[\"REQ\",\"\",{}]")).isInstanceOf(ClientText.WrongRequest.class);
    assertThat(read("[\"REQ\",\"" + "x".repeat(65) + "\",{}]"))
        .isInstanceOfSatisfying(
            ClientText.WrongRequest.class,
            wrong -> assertThat(wrong.subscription().text()).hasSize(65));
    assertThat(read("[\"REQ\",\"" + "x".repeat(513) + "\",{}]"))
        .isInstanceOf(ClientText.Wrong.class);
    assertThat(read("[\"COUNT\",\"s\",1]")).isInstanceOf(ClientText.WrongRequest.class);
    assertThat(read("[\"NEG-OPEN\",\"s\",{},\"6\"]"))
        .isInstanceOf(ClientText.WrongReconciliation.class);
  }

  @Test
  void aRequestForWhatThisRelayDoesNotKnowIsNotSimplyWrong() {
    assertThat(read("[\"REQ\",\"s\",{\"colour\":\"red\"}]"))
        .isInstanceOf(ClientText.UnsupportedRequest.class);
    assertThat(read("[\"COUNT\",\"s\",{},{\"#tt\":[]}]"))
        .isInstanceOf(ClientText.UnsupportedRequest.class);
    assertThat(read("[\"REQ\",\"s\",{\"kinds\":{}}]")).isInstanceOf(ClientText.WrongRequest.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "{}",
        "[]",
        "[1]",
        "[\"EVENT\"]",
        "[\"EVENT\",{\"id\":5}]",
        "[\"HELLO\",1]",
        "[\"REQ\",5,{}]",
        "[\"CLOSE\"]",
        "[\"CLOSE\",\"a\",\"b\"]",
      })
  void anythingElseIsWrongWithASentence(String json) {
    assertThat(read(json))
        .isInstanceOfSatisfying(
            ClientText.Wrong.class, wrong -> assertThat(wrong.detail()).isNotBlank());
  }

  @Test
  void aSubscriptionIdHasUpTo64Characters() {
    assertThat(read("[\"CLOSE\",\"" + "😀".repeat(64) + "\"]"))
        .isInstanceOf(ClientText.Understood.class);
    assertThat(read("[\"CLOSE\",\"" + "x".repeat(65) + "\"]")).isInstanceOf(ClientText.Wrong.class);
  }

  @Test
  void refusesMoreFiltersOrBytesThanTheLimits() {
    assertThat(read("[\"REQ\",\"s\"" + ",{}".repeat(20) + "]"))
        .isInstanceOf(ClientText.Understood.class);
    assertThat(read("[\"REQ\",\"s\"" + ",{}".repeat(21) + "]"))
        .isInstanceOf(ClientText.WrongRequest.class);
    assertThat(read(" ".repeat(512 * 1024) + "[\"CLOSE\",\"s\"]"))
        .isInstanceOf(ClientText.Wrong.class);
  }

  private static ClientText read(String json) {
    return ClientMessage.read(json.getBytes(StandardCharsets.UTF_8), MessageLimits.USUAL);
  }
}
