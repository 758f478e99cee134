package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
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
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.server.Entrance.Arrival;
import dev.anabranch.protocol.signed.server.SignedAccess.Who;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Who is no member comes in by a grant, however many others they hold (decision 0088).
class GuestsTest {

  private static final Caller OWNER = new Caller(new PrincipalId("owner"), Authority.OWNER, "test");
  private static final PublicKey BOB = SecretKey.generate(new Random(2)).publicKey();
  private static final PrincipalId GUEST = new PrincipalId(BOB.hex());

  private final House house = House.plain();

  private void grant(String scope, PrincipalId to, String right) {
    grantAll(List.of(scope), to, right);
  }

  private void grantAll(List<String> scopes, PrincipalId to, String right) {
    JsonObject data = JsonObject.EMPTY.with("right", right);
    for (String scope : scopes) {
      EntityKey key = EntityKey.grant(new ScopeName(scope), to);
      Write write = Write.insert(new WriteKey("grant " + scope + right), key, data);
      assertThat(house.engine().commit(Commit.of(OWNER, write)).toCompletableFuture().join())
          .hasOnlyElementsOfType(Outcome.Applied.class);
    }
  }

  private void grantElsewhere(String kind) {
    List<String> scopes = new ArrayList<>();
    for (int number = 0; number < 1_001; number++) {
      scopes.add(kind + ":" + number);
    }
    grantAll(scopes, GUEST, "read");
  }

  private boolean comesIn() {
    SignedAccess members = new SignedAccess(Who.MEMBERS, Set.of(), Set.of(), true);
    SignedPolicy policy = new SignedPolicy(SignedLimits.DEFAULT, House.loopback(), () -> members);
    Answer<Arrival> answer =
        new Entrance(house.engine(), house.engine(), policy, new PlainAccounts())
            .of(BOB)
            .toCompletableFuture()
            .join();
    assertThat(answer).isInstanceOf(Answer.Given.class);
    return answer instanceof Answer.Given<Arrival>(Arrival.Welcome ignored);
  }

  @Test
  void aChatBehindAThousandOtherGrantsIsFound() {
    grantElsewhere("archive");
    grant("chat:z", GUEST, "read");
    assertThat(comesIn()).isTrue();
  }

  @Test
  void theirOwnScopeBehindAThousandOtherGrantsIsFound() {
    grantElsewhere("org");
    grant("user:" + BOB.hex(), GUEST, "write");
    assertThat(comesIn()).isTrue();
  }

  @Test
  void aChatOfTheFirstNameThereIsCounts() {
    grant("chat: ", GUEST, "read");
    assertThat(comesIn()).isTrue();
  }

  @Test
  void grantsElsewhereOrTakenAwayOrForEverybodyAreNone() {
    grantElsewhere("org");
    grant("chat:a", GUEST, "read");
    grant("chat:a", GUEST, "none");
    grant("chat: ", new PrincipalId("anyone"), "read");
    grant("user:" + BOB.hex(), new PrincipalId("anyone"), "read");
    assertThat(comesIn()).isFalse();
  }
}
