package dev.anabranch.nostr.seed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.nostr.Events;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.seed.EventScopes.Bound;
import dev.anabranch.nostr.seed.SeedEntity.Chat;
import dev.anabranch.nostr.seed.SeedEntity.Line;
import dev.anabranch.nostr.seed.SeedEntity.Message;
import dev.anabranch.nostr.seed.SeedEntity.Role;
import dev.anabranch.nostr.seed.SeedEntity.Settings;
import dev.anabranch.nostr.seed.SeedEntity.Share;
import dev.anabranch.nostr.seed.SeedEntity.Training;
import dev.anabranch.nostr.seed.SeedReading.Malformed;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedEventsTest {
  private static final PublicKey ALICE = Events.ALICE.publicKey();
  private static final PublicKey BOB = Events.BOB.publicKey();
  private static final Tag MARK = Tag.of("client", "anabranch");

  @Test
  void aChatSaysWhatIsInItAndWhoReadsIt() {
    Optional<SeedEntity> chat =
        read(
            30_001,
            "{\"messages\":[{\"id\":\"m1\",\"content\":\"hi\",\"n\":-1.5e3,\"x\":null}],"
                + "\"metadata\":{\"title\":\"T\",\"training_opt_in\":true}}",
            Tag.of("d", "c1"),
            Tag.of("p", BOB.hex()),
            Tag.of("p", ALICE.hex(), "", "writer"),
            Tag.of("p", "nobody"));

    assertThat(chat)
        .get()
        .isInstanceOfSatisfying(
            Chat.class,
            read -> {
              assertThat(read.id()).isEqualTo("c1");
              assertThat(read.shares())
                  .containsExactly(new Share(BOB, Role.READER), new Share(ALICE, Role.WRITER));
              assertThat(read.fields().text())
                  .isEqualTo("{\"title\":\"T\",\"training_opt_in\":true}");
              assertThat(read.messages().getFirst().id()).isEqualTo("m1");
              assertThat(read.messages().getFirst().version()).isNull();
              assertThat(read.messages().getFirst().fields().text())
                  .isEqualTo("{\"content\":\"hi\",\"n\":-1.5e3,\"x\":null}");
              assertThat(read.scope(BOB)).isEqualTo("chat:c1");
            });
  }

  @Test
  void anEditNamesTheVersionThatItsAuthorHadSeen() {
    Optional<SeedEntity> chat =
        read(30_001, "{\"messages\":[{\"id\":\"m1\",\"version\":3}]}", Tag.of("d", "c1"));
    assertThat(chat)
        .contains(
            new Chat(
                "c1",
                JsonObject.EMPTY,
                List.of(new Message("m1", JsonObject.EMPTY, 3L)),
                List.of()));
    assertThat(SeedEvents.version(Events.by(Events.ALICE, 30_001))).isEmpty();
    assertThat(
            SeedEvents.version(
                new UnsignedEvent(ALICE, 100, 10_001, List.of(Tag.of("version", "7")), "")
                    .sign(Events.ALICE)))
        .hasValue(7);
  }

  @Test
  void aPatchWithoutMetadataOrMessagesTouchesNeither() {
    assertThat(read(30_001, "{}", Tag.of("d", "c1")))
        .contains(new Chat("c1", JsonObject.EMPTY, List.of(), List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "encrypted?iv=x", "[]", "{\"bookmarks\":[]}", "{} x"})
  void aListOfAnotherClientIsNoChat(String content) {
    assertThat(reading(30_001, content, Tag.of("d", "c1"))).isEqualTo(SeedReading.ORDINARY);
    assertThat(EventScopes.of(by(30_001, content, Tag.of("d", "c1")))).isEmpty();
    assertThat(reading(30_001, "{}")).isEqualTo(SeedReading.ORDINARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"messages\":{}}",
        "{\"messages\":[1]}",
        "{\"messages\":[{}]}",
        "{\"messages\":[{\"id\":\"\"}]}",
        "{\"messages\":[{\"id\":\"a\"},{\"id\":\"a\"}]}",
        "{\"messages\":[{\"id\":\"a\",\"version\":\"1\"}]}",
        "{\"messages\":[],\"title\":\"x\"}",
        "{\"metadata\":[]}",
        "{\"metadata\":{\"a\":\"\\u0000\"}}",
        "{\"metadata\":{\"a\":1e999}}",
        "{\"messages\":[{\"id\":\"a\",\"content\":\"cut off",
      })
  void aChatThatMissesTheShapeIsMalformedAndStaysInItsScope(String content) {
    Tag chat = Tag.of("d", "c1");
    Bound bound = new Bound("chat:c1", false);
    Tag copy = Tag.of("proxy", "https://x.example/1", "web");

    assertThat(reading(30_001, content, chat)).isInstanceOf(Malformed.class);
    assertThat(EventScopes.of(by(30_001, content, chat))).containsExactly(bound);
    assertThat(EventScopes.of(by(30_001, content, chat, copy))).containsExactly(bound);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"messages\":[{\"id\":\"m1\",\"content\":\"hi\"}],\"metadata\":{}}",
        "{\"metadata\":{}}",
        "{\"messages\":[{\"id\":\"a\",\"content\":\"cut off",
      })
  void aChatThatNamesNoneIsMalformedAndItsAuthorsAlone(String content) {
    Bound bound = new Bound("user:" + ALICE.hex(), true);
    List<List<Tag>> names =
        List.of(List.of(), List.of(Tag.of("d", "")), List.of(Tag.of("d", ""), MARK));
    for (List<Tag> tags : names) {
      Tag[] all = tags.toArray(Tag[]::new);
      assertThat(reading(30_001, content, all)).isInstanceOf(Malformed.class);
      assertThat(EventScopes.of(by(30_001, content, all))).containsExactly(bound);
    }
    assertThat(reading(30_001, content))
        .isEqualTo(new Malformed("the event of a chat names it in a tag d"));
  }

  @Test
  void moreMessagesThanAnEventMayCarryAreMalformed() {
    String messages =
        IntStream.rangeClosed(0, SeedEvents.MESSAGES_MAX)
            .mapToObj(n -> "{\"id\":\"m" + n + "\"}")
            .collect(Collectors.joining(",", "{\"messages\":[", "]}"));
    assertThat(reading(30_001, messages, Tag.of("d", "c1")))
        .isEqualTo(
            new Malformed(
                "the event of a chat carries at most 200 messages, not 201; send the newest, the"
                    + " others stay"));
  }

  @Test
  void whatIsMarkedIsReadOrMalformedAndNeverOrdinary() {
    assertThat(reading(30_001, "", Tag.of("d", "c1"), MARK)).isInstanceOf(Malformed.class);
    assertThat(reading(30_001, "{}", MARK)).isInstanceOf(Malformed.class);
    assertThat(reading(10_001, "", MARK)).isInstanceOf(Malformed.class);
    assertThat(reading(10_001, "{\"features\":{}}", MARK)).isInstanceOf(Malformed.class);
    assertThat(EventScopes.of(by(30_001, "{}", MARK)))
        .containsExactly(new Bound("user:" + ALICE.hex(), true));
  }

  @Test
  void aRoleThatNobodyKnowsIsMalformed() {
    assertThat(reading(30_001, "{}", Tag.of("d", "c1"), Tag.of("p", BOB.hex(), "", "admin")))
        .isInstanceOf(Malformed.class);
  }

  @Test
  void aCopyOfSomethingElseIsNoEntity() {
    assertThat(read(30_001, "{}", Tag.of("d", "c1"), Tag.of("proxy", "https://x.example/1", "web")))
        .isEmpty();
  }

  @Test
  void settingsAreReadInTheSeedsShapeAndInAnyOtherWhenTheyAreMarked() {
    String content = "{\"preferences\":{\"theme\":\"dark\"},\"features\":[\"beta\"],\"ui\":{}}";

    assertThat(read(10_001, content))
        .get()
        .isInstanceOfSatisfying(
            Settings.class, read -> assertThat(read.fields().text()).isEqualTo(content));
    assertThat(read(10_001, "")).isEmpty();
    assertThat(read(10_001, "{}")).isEmpty();
    assertThat(read(10_001, "{\"subscription_status\":\"pro\"}")).isEmpty();
    assertThat(read(10_001, "{\"subscription_status\":\"pro\"}", MARK)).isPresent();
    assertThat(reading(10_001, "{\"ui\":{},\"more\":1}")).isInstanceOf(Malformed.class);
  }

  @Test
  void aContributionSaysWhatItIsAndWhatItIsWorth() {
    Optional<SeedEntity> training =
        read(
            1,
            "what I know",
            Tag.of("t", "training"),
            Tag.of("quality", "5"),
            Tag.of("usage", "research"),
            Tag.of("h", "c1"),
            Tag.of("reward", "paid"));

    assertThat(training)
        .contains(
            new Training(
                JsonObject.of("content", new JsonString("what I know"))
                    .with("quality", new JsonNumber("5"))
                    .with("usage", "research")
                    .with("chat", "c1")
                    .with("reward_status", "paid")));
    assertThat(read(1, "x", Tag.of("t", "training"), Tag.of("quality", "good")))
        .contains(
            new Training(JsonObject.of("content", new JsonString("x")).with("quality", "good")));
    assertThat(read(1, "x", Tag.of("t", "training"))).isEmpty();
    assertThat(read(1, "x", Tag.of("t", "training"), MARK)).isPresent();
    assertThat(read(1, "x", Tag.of("t", "cats"), Tag.of("quality", "5"))).isEmpty();
    assertThat(read(7, "x", Tag.of("t", "training"), Tag.of("quality", "5"))).isEmpty();
  }

  @Test
  void aMessageOfItsOwnNamesItsChat() {
    assertThat(read(9, "hi", Tag.of("h", "c1")))
        .contains(new Line("c1", JsonObject.of("content", new JsonString("hi"))));
    assertThat(read(9, "hi")).isEmpty();
    assertThat(reading(9, "\u0000", Tag.of("h", "c1"))).isInstanceOf(Malformed.class);
  }

  @Test
  void aRegularEventBelongsToEveryChatThatItNames() {
    Tag copy = Tag.of("proxy", "https://x.example/1", "web");

    assertThat(EventScopes.of(by(7, "+", Tag.of("h", "c1"), Tag.of("h", "c2"))))
        .containsExactly(new Bound("chat:c1", false), new Bound("chat:c2", false));
    assertThat(EventScopes.of(by(9, "hi", Tag.of("h", "c1"), copy)))
        .containsExactly(new Bound("chat:c1", false));
    assertThat(EventScopes.of(by(9, "hi", copy, Tag.of("h", "c1"), Tag.of("scope", "chat:c1"))))
        .containsExactly(new Bound("chat:c1", true));
    assertThat(EventScopes.of(by(30_001, "{}", copy, Tag.of("d", "c1"), Tag.of("scope", "no"))))
        .containsExactly(new Bound("no", true), new Bound("chat:c1", false));
    assertThat(EventScopes.of(by(1, "note", Tag.of("h", "c1"))))
        .containsExactly(new Bound("chat:c1", false));
    assertThat(EventScopes.of(by(30_023, "an article", Tag.of("d", "x"), Tag.of("h", "c1"))))
        .isEmpty();
    assertThat(
            EventScopes.of(
                by(1, "x", Tag.of("t", "training"), Tag.of("quality", "5"), Tag.of("h", "c1"))))
        .containsExactly(new Bound("user:" + ALICE.hex(), true));
  }

  @Test
  void isForTheChatsThatItNamesUnlessTheySayWhereItComesFrom() {
    Tag here = Tag.of("h", "c1");
    assertThat(EventScopes.isForChats(by(7, "+", here))).isTrue();
    assertThat(EventScopes.isForChats(by(1, "note", here))).isTrue();
    assertThat(EventScopes.isForChats(by(7, "+"))).isFalse();
    assertThat(EventScopes.isForChats(by(30_023, "text", Tag.of("d", "x"), here))).isFalse();
    assertThat(EventScopes.isForChats(by(20_001, "typing", here))).isTrue();
    Tag training = Tag.of("t", "training");
    assertThat(EventScopes.isForChats(by(1, "x", training, Tag.of("quality", "5"), here)))
        .isFalse();
  }

  @Test
  void whatIsWrittenIsReadAgainAndMarked() {
    Chat chat =
        new Chat(
            "c1",
            JsonObject.of("title", new JsonString("T")),
            List.of(
                new Message("m1", JsonObject.of("content", new JsonString("hi")), null),
                new Message("m2", JsonObject.of("content", new JsonString("ho")), 4L)),
            List.of(new Share(BOB, Role.READER), new Share(ALICE, Role.REVOKED)));
    Event event = SeedEvents.chat(ALICE, chat, List.of(), 100).sign(Events.ALICE);
    JsonObject training =
        JsonObject.of("content", new JsonString("x")).with("quality", new JsonNumber("4.5"));
    Event contribution = SeedEvents.training(ALICE, training, List.of(), 100).sign(Events.ALICE);
    JsonObject fields = JsonObject.EMPTY.with("preferences", JsonObject.EMPTY);
    Event settings = SeedEvents.settings(ALICE, fields, List.of(), 100).sign(Events.ALICE);

    assertThat(SeedEvents.read(event).entity()).contains(chat);
    assertThat(SeedEvents.isMarked(event)).isTrue();
    assertThat(SeedEvents.read(contribution).entity()).contains(new Training(training));
    assertThat(SeedEvents.read(settings).entity()).contains(new Settings(fields));
    assertThat(SeedEvents.isMarked(Events.by(Events.ALICE, 30_001))).isFalse();
  }

  @Test
  void aChangeFromElsewhereSaysWhereItComesFromAndWhoWroteIt() {
    String url = "https://relay.example/api/Message/m1?scope=chat%3Ac1";
    BridgeEvents.Source source =
        new BridgeEvents.Source(
            "chat:c1",
            "Message",
            "m1",
            2,
            JsonObject.of("content", new JsonString("hi")),
            Set.of(BOB),
            url);
    UnsignedEvent message = BridgeEvents.message(ALICE, source, 100);
    UnsignedEvent entity = BridgeEvents.entity(ALICE, source, 100);
    UnsignedEvent chat = BridgeEvents.chat(ALICE, source, 100);
    Event shown = message.sign(Events.ALICE);
    UnsignedEvent gone =
        BridgeEvents.gone(ALICE, source, List.of(new BridgeEvents.Gone(shown.id(), 9)), 101);

    assertThat(message.kind()).isEqualTo(9);
    assertThat(message.content()).isEqualTo("hi");
    assertThat(message.tags())
        .containsExactly(
            Tag.of("h", "c1"),
            Tag.of("p", BOB.hex()),
            Tag.of("proxy", url, "web"),
            Tag.of("scope", "chat:c1", "Message", "m1"),
            Tag.of("version", "2"));
    assertThat(entity.kind()).isEqualTo(30_078);
    assertThat(entity.tags()).contains(Tag.of("d", "chat:c1/Message/m1"));
    assertThat(entity.content()).isEqualTo("{\"content\":\"hi\"}");
    assertThat(chat.kind()).isEqualTo(30_001);
    assertThat(chat.tags()).contains(Tag.of("d", "c1"), Tag.of("proxy", url, "web"));
    assertThat(chat.content()).isEqualTo("{\"messages\":[],\"metadata\":{\"content\":\"hi\"}}");
    assertThat(gone.kind()).isEqualTo(5);
    assertThat(gone.tags())
        .contains(Tag.of("e", shown.id().hex()), Tag.of("k", "9"), Tag.of("h", "c1"));
    assertThat(BridgeEvents.scope(shown)).contains("chat:c1");
    assertThat(BridgeEvents.scope(Events.by(Events.ALICE, 9))).isEmpty();
    assertThat(BridgeEvents.dated(100, 100)).isEqualTo(101);
    assertThat(BridgeEvents.dated(100, 50)).isEqualTo(100);
  }

  private static Optional<Tag> address(String scope, String model, String id) {
    BridgeEvents.Source source =
        new BridgeEvents.Source(scope, model, id, 1, JsonObject.EMPTY, Set.of(), "http://x/");
    return BridgeEvents.entity(ALICE, source, 100).sign(Events.ALICE).tag("d");
  }

  @Test
  void noTwoEntitiesHaveOneAddress() {
    assertThat(address("org:a/task/b", "task", "c"))
        .contains(Tag.of("d", "org:a%2Ftask%2Fb/task/c"));
    assertThat(address("org:a", "task", "b/task/c"))
        .contains(Tag.of("d", "org:a/task/b%2Ftask%2Fc"));
    assertThat(address("org:a", "task", "b%2Fc")).contains(Tag.of("d", "org:a/task/b%252Fc"));
  }

  private static Optional<SeedEntity> read(int kind, String content, Tag... tags) {
    return reading(kind, content, tags).entity();
  }

  private static SeedReading reading(int kind, String content, Tag... tags) {
    return SeedEvents.read(by(kind, content, tags));
  }

  private static Event by(int kind, String content, Tag... tags) {
    return new UnsignedEvent(ALICE, 100, kind, List.of(tags), content).sign(Events.ALICE);
  }
}
