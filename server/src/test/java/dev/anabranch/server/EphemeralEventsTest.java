package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An ephemeral Nostr event is said once to the followers of a scope (decision 0102), and one of a
/// chat obeys its grants; sat by a whole server.
@Timeout(120)
@SuppressWarnings("NullAway.Init") // JUnit calls open first
class EphemeralEventsTest {

  private static final SecretKey ANN = key(11);
  private static final SecretKey BOB = key(12);
  private static final SecretKey EVE = key(13);
  private static final Tag HERE = Tag.of("h", "c1");
  private static final String MUTE = "false mute: ";

  private final PlainDisk disk = new PlainDisk();
  private Served served;
  private NostrClient client;

  @BeforeEach
  void open() {
    open(Map.of());
  }

  private void open(Map<String, String> settings) {
    served = Served.open(settings, () -> MemoryStore.open(disk));
    client = NostrClient.of(served);
  }

  @AfterEach
  void close() {
    client.close();
    served.close();
  }

  private static Event chat(String id, Tag... more) {
    Tag[] tags = new Tag[more.length + 1];
    tags[0] = Tag.of("d", id);
    System.arraycopy(more, 0, tags, 1, more.length);
    return event(ANN, 30_001, NOW, "{\"metadata\":{}}", tags);
  }

  private static Tag shared(SecretKey with, String role) {
    return Tag.of("p", with.publicKey().hex(), "", role);
  }

  private static Event typing(SecretKey by, String content, Tag... tags) {
    return event(by, 20_001, NOW, content, tags);
  }

  private static String home(SecretKey of) {
    return "user:" + of.publicKey();
  }

  private Socket follower(String scope) {
    Socket follower = Socket.open(served, null);
    subscribe(follower, scope);
    return follower;
  }

  private static void subscribe(Socket follower, String scope) {
    follower.say("{\"type\":\"subscribe\",\"scope\":\"" + scope + "\",\"lastSyncId\":0}");
    follower.hear("\"type\":\"live\"");
  }

  /// What comes next, when nothing else is to come before it.
  private static String pong(Socket follower) {
    return follower.say("{\"type\":\"ping\"}").frame();
  }

  private NostrClient listener(SecretKey key) {
    NostrClient listener = NostrClient.of(served);
    assertThat(listener.authenticate(key)).contains(",true,");
    assertThat(listener.stored("l", "{\"kinds\":[20001,20002]}")).hasSize(1);
    return listener;
  }

  @Test
  void isSaidOnceToTheFollowersOfItsAuthorsScopeAndToNobodyWhoComesLater() {
    assertThat(client.answer(typing(ANN, "nobody"))).startsWith(MUTE);
    Socket follower = follower(home(ANN));
    Event event = typing(ANN, "to \"all\"", Tag.of("t", "a", "b"));
    client.publish(event);
    assertThat(follower.frame())
        .isEqualTo(
            "{\"type\":\"presence\",\"scope\":\"%s\",\"topic\":\"nostr\",\"principal\":\"%s\",\"device\":\"\",\"client\":0,\"data\":%s,\"ttlMillis\":0}"
                .formatted(home(ANN), ANN.publicKey(), JsonDecoder.stored(event.json()).text()));
    assertThat(pong(follower)).contains("pong");
    Socket late = follower(home(ANN));
    assertThat(pong(late)).contains("pong");
    assertThat(served.get("/sync/delta?scope=" + home(ANN) + "&lastSyncId=0").body())
        .doesNotContain(event.id().hex());
    follower.leave();
    late.leave();
  }

  @Test
  void isSaidInTheChatThatItNamesAndIsHere() {
    client.publish(chat("c1"));
    Socket chat = follower("chat:c1");
    Socket home = follower(home(ANN));
    client.publish(typing(ANN, "here", Tag.of("h", "elsewhere"), HERE));
    assertThat(chat.frame()).contains("\"scope\":\"chat:c1\"", "here");
    client.publish(typing(ANN, "elsewhere", Tag.of("h", "elsewhere")));
    assertThat(home.frame()).contains("\"scope\":\"" + home(ANN) + "\"", "elsewhere");
    assertThat(pong(chat)).contains("pong");
    chat.leave();
    home.leave();
  }

  @Test
  void isHeardByReadersOfTheChatAloneAndPublishedByItsWriters() {
    client.close();
    served.close();
    open(Map.of("auth.mode", "token", "nostr.writers", "anyone"));
    client.publish(chat("c1", shared(BOB, "reader")));
    NostrClient reader = listener(BOB);
    NostrClient stranger = listener(EVE);
    Socket follower = Socket.open(served, served.token(BOB.publicKey().hex(), Authority.GRANTED));
    subscribe(follower, "chat:c1");
    assertThat(client.answer(typing(BOB, "intruding", HERE))).startsWith("false restricted: ");
    Event event = typing(ANN, "for readers", HERE);
    client.publish(event);
    assertThat(reader.frame()).isEqualTo("[\"EVENT\",\"l\"," + event.json() + "]");
    assertThat(follower.frame()).contains("for readers");
    Event everybodys = typing(EVE, "for all");
    client.publish(everybodys);
    assertThat(stranger.frame()).isEqualTo("[\"EVENT\",\"l\"," + everybodys.json() + "]");
    follower.leave();
    reader.close();
    stranger.close();
  }

  @Test
  void isSaidInNoScopeWhereItIsForTheReadersOfTwo() {
    client.publish(chat("c1"), chat("c2"));
    Socket first = follower("chat:c1");
    assertThat(client.answer(typing(ANN, "both", HERE, Tag.of("h", "c2")))).startsWith(MUTE);
    Tag proxy = Tag.of("proxy", "http://x/", "web");
    Event shown = typing(ANN, "shown", HERE, proxy, Tag.of("scope", "org:1", "Note", "n"));
    assertThat(client.answer(shown)).startsWith(MUTE);
    assertThat(pong(first)).contains("pong");
    first.leave();
  }

  @Test
  void isSaidInNoScopeWhereItIsForItsPartiesOrTooLarge() {
    Socket follower = follower(home(ANN));
    Tag bob = Tag.of("p", BOB.publicKey().hex());
    assertThat(client.answer(event(ANN, 21_059, NOW, "sealed", bob))).startsWith(MUTE);
    assertThat(client.answer(typing(ANN, "x".repeat(4_000)))).startsWith(MUTE);
    assertThat(client.answer(typing(ANN, "", Tag.of("t", "x".repeat(4_000))))).startsWith(MUTE);
    assertThat(pong(follower)).contains("pong");
    follower.leave();
  }
}
