package dev.anabranch.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.nostr.server.Identities.Identity;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import dev.anabranch.testkit.MemoryStore;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KnownKeysTest {

  private static final int BELIEVED_MILLIS = 1_000;
  private static final PublicKey SERVER = new PublicKey("00".repeat(32));
  private static final PublicKey ANN = new PublicKey("aa".repeat(32));
  private static final PublicKey PHONE = new PublicKey("bb".repeat(32));

  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final AtomicInteger asked = new AtomicInteger();
  private final Credentials credentials = MemoryStore.fresh().credentials();
  private final KnownKeys keys =
      new KnownKeys(
          new NostrKeys(
              () -> {
                asked.incrementAndGet();
                return credentials;
              },
              Runnable::run,
              () -> Instant.ofEpochMilli(millis.get())),
          () -> TimeUnit.MILLISECONDS.toNanos(millis.get()),
          100,
          BELIEVED_MILLIS);

  private String principalOf(PublicKey key) {
    return switch (keys.identities().of(key).toCompletableFuture().join()) {
      case Answer.Given<Identity>(Identity identity) -> identity.principal().text();
      case Answer.Refused<Identity>(Fault fault) -> fault.code().word();
    };
  }

  private void linkElsewhere() {
    credentials.put(
        new Credential(
            Credential.NOSTR,
            PHONE.hex(),
            new PrincipalId(ANN.hex()),
            null,
            Authority.GRANTED,
            "",
            millis.get(),
            null,
            null));
  }

  @Test
  void asksTheDatabaseOnceForAllKeysWhileNoneIsLinked() {
    for (int each = 10; each < 60; each++) {
      String name = String.valueOf(each).repeat(32);
      assertThat(principalOf(new PublicKey(name))).isEqualTo(name);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void aKeyThatIsLinkedHereIsItsPrincipalsAtOnce() {
    assertThat(principalOf(PHONE)).isEqualTo(PHONE.hex());
    keys.link(new LinkStatement(SERVER, ANN, PHONE, millis.get())).toCompletableFuture().join();
    assertThat(principalOf(PHONE)).isEqualTo(ANN.hex());
    assertThat(principalOf(ANN)).isEqualTo(ANN.hex());
  }

  @Test
  void aKeyThatIsLinkedElsewhereIsItsPrincipalsOnceTheAnswerBeforeIsNotBelieved() {
    assertThat(principalOf(PHONE)).isEqualTo(PHONE.hex());
    linkElsewhere();
    assertThat(principalOf(PHONE)).isEqualTo(PHONE.hex());
    millis.addAndGet(BELIEVED_MILLIS);
    assertThat(principalOf(PHONE)).isEqualTo(ANN.hex());
  }

  @Test
  void aKeyThatIsRevokedElsewhereStaysOutOnceTheAnswerBeforeIsNotBelieved() {
    assertThat(principalOf(PHONE)).isEqualTo(PHONE.hex());
    linkElsewhere();
    credentials.revoke(Credential.NOSTR, PHONE.hex(), millis.get());
    millis.addAndGet(BELIEVED_MILLIS);
    assertThat(principalOf(PHONE)).isEqualTo("unauthenticated");
  }
}
