package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.SecretKey;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whoever comes back with a cursor of a chat that is no longer shared with them is told so.
class LeftWhileAwayTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));
  private static final SecretKey BOB = SecretKey.generate(new Random(2));

  private final House house = House.plain();
  private final Client ann = house.client(ANN);

  private void create(String chat) {
    ann.sync(
        "{\"entity\":\"chat\",\"action\":\"create\",\"id\":\""
            + chat
            + "\",\"data\":{\"sharing\":{\"readers\":[\""
            + BOB.publicKey().hex()
            + "\"]}}}");
  }

  private void revoke(String chat) {
    ann.sync(
        "{\"entity\":\"chat\",\"action\":\"update\",\"version\":1,\"id\":\""
            + chat
            + "\",\"data\":{\"sharing\":{\"revoked\":[\""
            + BOB.publicKey().hex()
            + "\"]}}}");
  }

  private List<String> resumed(String cursors) {
    return house
        .client(BOB)
        .say("{\"type\":\"resume\",\"cursors\":{" + cursors + "}}")
        .heardAll()
        .stream()
        .map(LeftWhileAwayTest::told)
        .toList();
  }

  private static String told(JsonObject frame) {
    return frame.string("type").orElseThrow() + " " + frame.string("scope").orElse("");
  }

  @Test
  void aRightThatWasTakenAwayMeanwhileIsLeft() {
    create("kept");
    create("lost");
    revoke("lost");
    assertThat(resumed("\"chat:kept\":1,\"chat:lost\":1"))
        .contains("resumed ", "left chat:lost", "live chat:kept")
        .doesNotContain("left chat:kept", "live chat:lost");
  }

  @Test
  void aChatThatIsNotHereAnyMoreIsLeft() {
    assertThat(resumed("\"chat:gone\":5")).containsExactly("resumed ", "left chat:gone");
  }

  @Test
  void aScopeOfAnotherWayInIsNothingOfOurs() {
    assertThat(resumed("\"org:other\":5")).containsExactly("resumed ");
  }
}
