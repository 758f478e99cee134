package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a chat's payload says of somebody holds for all of its keys, under whichever of their names
/// the chat was shared before.
class SharingTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));
  private static final PublicKey FIRST = SecretKey.generate(new Random(2)).publicKey();
  private static final PublicKey SECOND = SecretKey.generate(new Random(3)).publicKey();
  private static final PublicKey THIRD = SecretKey.generate(new Random(4)).publicKey();
  private static final PrincipalId BOB = new PrincipalId(FIRST.hex());
  private static final Set<PrincipalId> ALSO =
      Set.of(new PrincipalId(SECOND.hex()), new PrincipalId(THIRD.hex()));
  private static final ScopeName CHAT = new ScopeName("chat:c");

  private final House house =
      new House(
          kernel -> kernel,
          new PlainAccounts() {
            @Override
            public CompletionStage<Map<PublicKey, PrincipalId>> principalsOf(Set<PublicKey> keys) {
              Map<PublicKey, PrincipalId> principals = new HashMap<>();
              keys.forEach(key -> principals.put(key, BOB));
              return CompletableFuture.completedFuture(principals);
            }

            @Override
            public CompletionStage<Map<PrincipalId, Set<PrincipalId>>> namesOf(
                Set<PrincipalId> principals) {
              return CompletableFuture.completedFuture(
                  principals.contains(BOB) ? Map.of(BOB, ALSO) : Map.of());
            }
          },
          House.loopback());
  private final Client ann = house.client(ANN);
  private int written;

  @BeforeEach
  void create() {
    ann.sync("{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c\",\"data\":{}}");
  }

  private void grantElsewhere(PublicKey name, Right right) {
    Caller operator = new Caller(new PrincipalId("operator"), Authority.OWNER, "http");
    house
        .engine()
        .commit(
            Commit.of(
                operator,
                Write.insert(
                    new WriteKey("elsewhere" + written++),
                    EntityKey.grant(CHAT, new PrincipalId(name.hex())),
                    JsonObject.EMPTY.with("right", right.word()))))
        .toCompletableFuture()
        .join();
  }

  private JsonObject share(String how, PublicKey whom, long version) {
    return ann.sync(
        "{\"entity\":\"chat\",\"action\":\"update\",\"id\":\"c\",\"version\":"
            + version
            + ",\"data\":{\"sharing\":{\""
            + how
            + "\":[\""
            + whom.hex()
            + "\"]}}}");
  }

  private Right bobs() {
    return house
        .engine()
        .rightIn(new Caller(BOB, Authority.GRANTED, "test", ALSO), CHAT)
        .toCompletableFuture()
        .join();
  }

  private String grants() {
    return ann.ask("{\"type\":\"fetch\",\"entity\":\"chat\",\"id\":\"c\"}").text();
  }

  @Test
  void aRevocationCountsForEveryNameThatHoldsAGrant() {
    grantElsewhere(SECOND, Right.READ);
    assertThat(bobs()).isEqualTo(Right.READ);
    assertThat(share("revoked", SECOND, 1).string("type")).contains("accepted");
    assertThat(bobs()).isEqualTo(Right.NONE);
    assertThat(grants()).contains(FIRST.hex(), SECOND.hex()).doesNotContain(THIRD.hex());
  }

  @Test
  void aRevocationOfTheFirstKeyCountsForTheOthersToo() {
    grantElsewhere(FIRST, Right.WRITE);
    grantElsewhere(THIRD, Right.ADMIN);
    share("revoked", FIRST, 1);
    assertThat(bobs()).isEqualTo(Right.NONE);
  }

  @Test
  void aSmallerRightBringsLargerOnesOfOtherNamesDown() {
    grantElsewhere(SECOND, Right.ADMIN);
    share("readers", FIRST, 1);
    assertThat(bobs()).isEqualTo(Right.READ);
  }

  @Test
  void aLargerRightLeavesOtherNamesAsTheyAre() {
    grantElsewhere(SECOND, Right.READ);
    share("writers", FIRST, 1);
    assertThat(bobs()).isEqualTo(Right.WRITE);
    assertThat(grants()).contains("\"right\":\"read\"");
  }

  @Test
  void aRetryOfARevocationHearsTheFirstAnswer() {
    grantElsewhere(SECOND, Right.READ);
    JsonObject first = share("revoked", SECOND, 1);
    JsonObject again = share("revoked", SECOND, 1);
    assertThat(again.string("type")).contains("accepted");
    assertThat(again.get("sync_id")).isEqualTo(first.get("sync_id"));
  }
}
