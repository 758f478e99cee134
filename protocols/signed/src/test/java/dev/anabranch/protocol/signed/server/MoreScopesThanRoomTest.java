package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.SignedFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A session follows `subscriptions_max` scopes, here three: the principal's own among them, and
/// nothing that it leaves out is left out without a word.
class MoreScopesThanRoomTest {

  private static final Caller OWNER = new Caller(new PrincipalId("owner"), Authority.OWNER, "test");
  private static final SecretKey ANN = SecretKey.generate(new Random(1));
  private static final String OWN = "user:" + ANN.publicKey().hex();

  private final List<SignedFault> refused = new ArrayList<>();
  private final House house =
      new House(
          House.following(3),
          new SignedObserver() {
            @Override
            public void refused(SignedFault fault) {
              refused.add(fault);
            }
          });
  private int grants;

  private void grant(String scope, String right) {
    EntityKey key = EntityKey.grant(new ScopeName(scope), new PrincipalId(ANN.publicKey().hex()));
    Write write =
        Write.insert(new WriteKey("grant " + grants++), key, JsonObject.EMPTY.with("right", right));
    assertThat(house.engine().commit(Commit.of(OWNER, write)).toCompletableFuture().join())
        .hasOnlyElementsOfType(Outcome.Applied.class);
  }

  private Client resumed(String... scopes) {
    for (String scope : scopes) {
      grant(scope, "read");
    }
    return house.client(ANN).say("{\"type\":\"resume\"}");
  }

  private static List<String> told(List<JsonObject> frames) {
    return frames.stream()
        .map(frame ->
            frame.string("type").orElseThrow()
                + frame.string("scope").map(scope -> " " + scope).orElse("")
                + frame.string("code").map(code -> " " + code).orElse(""))
        .filter(text -> !text.startsWith("snapshot"))
        .toList();
  }

  private static void assertListed(JsonObject resumed, boolean complete, String... scopes) {
    String names =
        List.of(scopes).stream().map(name -> '"' + name + '"').collect(Collectors.joining(","));
    assertThat(resumed.text()).contains("\"scopes\":[" + names + "]", "\"complete\":" + complete);
  }

  @Test
  void itsOwnScopeComesFirstAndTheRestIsSaidToBeMissing() {
    Client ann = resumed("chat:a", "chat:b", "chat:c", "chat:d", "chat:e", OWN);
    List<JsonObject> frames = ann.heardAll();
    assertListed(frames.getFirst(), false, OWN, "chat:a", "chat:b");
    assertThat(told(frames))
        .containsExactly("resumed", "live " + OWN, "live chat:a", "live chat:b");
    assertThat(refused).containsExactly(SignedFault.TOO_MANY_SUBSCRIPTIONS);
  }

  @Test
  void scopesOfOtherClassesTakeUpNoRoom() {
    String[] others =
        IntStream.range(0, 20)
            .mapToObj(number -> (number % 2 == 0 ? "agent:" : "org:") + number)
            .toArray(String[]::new);
    for (String other : others) {
      grant(other, "read");
    }
    grant("user:" + "0".repeat(64), "read");
    assertListed(
        resumed("chat:a", "chat: ", OWN).heardAll().getFirst(), true, OWN, "chat: ", "chat:a");
    assertThat(refused).isEmpty();
  }

  @Test
  void aChatThatIsSharedBeyondTheRoomIsSaidOnceAndCountedEachTime() {
    Client ann = resumed("chat:a", "chat:b", OWN);
    assertListed(ann.heardAll().getFirst(), true, OWN, "chat:a", "chat:b");
    grant("chat:0", "read");
    grant("chat:c", "read");
    ann.link().settle();
    List<JsonObject> frames = ann.heardAll();
    assertThat(told(frames)).containsExactly("error too_many_subscriptions");
    assertThat(frames.getFirst().text()).contains("chat:0 is not told");
    assertThat(refused)
        .containsExactly(SignedFault.TOO_MANY_SUBSCRIPTIONS, SignedFault.TOO_MANY_SUBSCRIPTIONS);
  }

  @Test
  void itsOwnScopeHasRoomAlsoWhenItIsFoundedLast() {
    Client ann = resumed("chat:a", "chat:b", "chat:c");
    assertListed(ann.heardAll().getFirst(), true, "chat:a", "chat:b", "chat:c");
    grant(OWN, "admin");
    ann.link().settle();
    assertThat(told(ann.heardAll())).containsExactly("live " + OWN);
    assertThat(refused).isEmpty();
  }

  @Test
  void aRightThatIsLostBeyondTheRoomIsLeft() {
    Client ann = resumed("chat:a", "chat:b", "chat:c", OWN);
    ann.heardAll();
    refused.clear();
    grant("chat:c", "none");
    ann.link().settle();
    assertThat(told(ann.heardAll())).containsExactly("left chat:c");
    assertThat(refused).isEmpty();
  }

  @Test
  void roomThatIsFreeAgainIsTaken() {
    Client ann = resumed("chat:a", "chat:b", OWN);
    ann.heardAll();
    grant("chat:a", "none");
    grant("chat:c", "read");
    ann.link().settle();
    assertThat(told(ann.heardAll())).contains("left chat:a", "live chat:c");
    assertThat(refused).isEmpty();
  }

  @Test
  void aThousandChatsAndMoreGoOnAtTheirCursors() {
    int chats = 1_050;
    House large = new House(House.following(2_000), SignedObserver.NONE);
    Client writer = large.client(ANN);
    StringBuilder cursors = new StringBuilder();
    for (int chat = 0; chat < chats; chat++) {
      JsonObject done =
          writer.sync(
              "{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c" + chat + "\",\"data\":{}}");
      cursors
          .append(chat == 0 ? "" : ",")
          .append("\"chat:c" + chat + "\":" + done.number("sync_id").orElseThrow());
    }
    List<JsonObject> frames =
        large.client(ANN).say("{\"type\":\"resume\",\"cursors\":{" + cursors + "}}").heardAll();
    assertThat(frames.stream().map(frame -> frame.string("type").orElseThrow()))
        .hasSize(1 + chats)
        .containsOnly("resumed", "live");
  }
}
