package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/// While it is being found out whose a key is, the session counts already.
class ConnectingTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));

  private final CompletableFuture<Answer<Accounts.Account>> asked = new CompletableFuture<>();
  private final House house =
      new House(
          kernel -> kernel,
          new PlainAccounts() {
            @Override
            public CompletionStage<Answer<Account>> of(PublicKey key) {
              return asked;
            }
          },
          House.loopback());
  private final TestLink link = new TestLink(house.gateway(), "localhost");
  private final Client ann = new Client(link, ANN);

  private SignedSessions sessions() {
    return house.gateway().sessions();
  }

  private String heard() {
    link.settle();
    return link.read().toString();
  }

  @Test
  void aChangeOfItsKeysEndsASessionThatIsNotOpenYet() {
    ann.answer();
    assertThat(sessions().keys()).containsExactly(ANN.publicKey());
    sessions().end(ANN.publicKey());
    asked.complete(
        new Answer.Given<>(
            new Accounts.Account(ANN.publicKey(), new PrincipalId("before"), Set.of())));
    assertThat(heard()).contains("keys_changed").doesNotContain("connect_ack");
    assertThat(link.closed()).isEqualTo(4401);
    link.lose();
    assertThat(sessions().count()).isZero();
  }

  @Test
  void aKeyThatWasRevokedLeaves() {
    ann.answer();
    asked.complete(new Answer.Refused<>(new Fault(FaultCode.UNAUTHENTICATED, "revoked")));
    assertThat(heard()).contains("key_revoked");
    assertThat(sessions().count()).isZero();
  }

  @Test
  void whoeverCannotBeAskedForLeavesAndMayTryAgain() {
    ann.answer();
    asked.completeExceptionally(new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away"));
    assertThat(heard()).contains("unavailable");
    assertThat(link.closed()).isZero();
    assertThat(sessions().count()).isZero();
  }

  @Test
  void whoeverIsToldToTryAgainIsToldWhen() {
    ann.answer();
    asked.complete(
        new Answer.Refused<>(new Fault(FaultCode.UNAVAILABLE, "the lists are being read")));
    assertThat(heard()).contains("\"unavailable\"", "\"retry_after_ms\":1000");
    assertThat(link.closed()).isZero();
  }

  @Test
  void whoeverHangsUpMeanwhileLeaves() {
    ann.answer();
    link.lose();
    assertThat(sessions().count()).isZero();
  }
}
