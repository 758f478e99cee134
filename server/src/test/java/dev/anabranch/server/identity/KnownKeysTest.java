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
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KnownKeysTest {

  private static final int BELIEVED_MILLIS = 1_000;
  private static final PublicKey SERVER = new PublicKey("00".repeat(32));
  private static final PublicKey ANN = new PublicKey("aa".repeat(32));
  private static final PublicKey PHONE = new PublicKey("bb".repeat(32));

  /// Runs everything at once, unless it is held back.
  private static final class Readers implements Executor {
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean isHeldBack;

    @Override
    public void execute(Runnable task) {
      if (isHeldBack) {
        waiting.add(task);
      } else {
        task.run();
      }
    }

    void goOn() {
      isHeldBack = false;
      waiting.forEach(Runnable::run);
      waiting.clear();
    }
  }

  /// The same, and counts what is asked.
  private Credentials counted(Credentials behind) {
    return (Credentials)
        Proxy.newProxyInstance(
            Credentials.class.getClassLoader(),
            new Class<?>[] {Credentials.class},
            (proxy, method, arguments) -> {
              queries.incrementAndGet();
              listed.addAndGet(method.getName().equals("list") ? 1 : 0);
              return method.invoke(behind, arguments);
            });
  }

  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger queries = new AtomicInteger();
  private final AtomicInteger listed = new AtomicInteger();
  private final Credentials credentials = counted(MemoryStore.fresh().credentials());
  private final Readers readers = new Readers();
  private final KnownKeys keys =
      new KnownKeys(
          new NostrKeys(
              () -> {
                asked.incrementAndGet();
                return credentials;
              },
              readers,
              () -> Instant.ofEpochMilli(millis.get())),
          () -> TimeUnit.MILLISECONDS.toNanos(millis.get()),
          100,
          BELIEVED_MILLIS);

  private final Set<PublicKey> open = new HashSet<>();
  private final List<PublicKey> ended = new ArrayList<>();

  private void connect(PublicKey key) {
    open.add(key);
    keys.of(key).toCompletableFuture().join();
  }

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
  void aSweepAsksTheDatabaseOnceHoweverManyKeysAreOpenWhileNoneIsLinked() {
    keys.tell(() -> open, ended::add, true);
    for (int each = 10; each < 60; each++) {
      open.add(new PublicKey(String.valueOf(each).repeat(32)));
    }
    queries.set(0);
    keys.sweep();
    assertThat(queries).hasValue(1);
  }

  @Test
  void aSweepAsksTheDatabaseForTheOpenKeysOnlySomeAtATime() {
    keys.tell(() -> open, ended::add, true);
    for (int each = 0; each < 2 * Credentials.ASKED_MAX; each++) {
      open.add(new PublicKey(String.format(Locale.ROOT, "%064x", each)));
    }
    linkElsewhere();
    queries.set(0);
    keys.sweep();
    assertThat(queries).hasValue(1 + 2 * 2);
    assertThat(listed).hasValue(0);
    assertThat(ended).isEmpty();
  }

  @Test
  void aSweepOfManyKeysKnowsThemAsWellAsOneKeyByItself() {
    keys.tell(() -> open, ended::add, true);
    for (int each = 0; each < 2 * Credentials.ASKED_MAX; each++) {
      connect(new PublicKey(String.format(Locale.ROOT, "%064x", each)));
    }
    linkElsewhere();
    connect(ANN);
    connect(PHONE);
    keys.sweep();
    assertThat(ended).isEmpty();
    credentials.revoke(Credential.NOSTR, PHONE.hex(), millis.get());
    keys.sweep();
    assertThat(ended).containsExactlyInAnyOrder(ANN, PHONE);
  }

  @Test
  void aSweepEndsTheConnectionsOfKeysThatWereLinkedElsewhere() {
    keys.tell(() -> open, ended::add, true);
    connect(PHONE);
    connect(ANN);
    connect(new PublicKey("cc".repeat(32)));
    linkElsewhere(); // before the first sweep: what they were told at connect is what counts
    keys.sweep();
    assertThat(ended).containsExactlyInAnyOrder(PHONE, ANN);
    ended.clear();
    keys.sweep();
    assertThat(ended).isEmpty();
  }

  @Test
  void aSweepEndsTheConnectionsOfKeysThatWereRevokedElsewhere() {
    keys.tell(() -> open, ended::add, true);
    linkElsewhere();
    connect(PHONE);
    keys.sweep();
    assertThat(ended).isEmpty();
    credentials.revoke(Credential.NOSTR, PHONE.hex(), millis.get());
    keys.sweep();
    assertThat(ended).containsExactly(PHONE);
  }

  @Test
  void aSweepDoesNotBeginWhileTheLastOneIsUnderWay() {
    keys.tell(() -> open, ended::add, true);
    open.add(ANN);
    queries.set(0);
    readers.isHeldBack = true;
    keys.sweep();
    keys.sweep();
    readers.goOn();
    assertThat(queries).hasValue(1);
    keys.sweep();
    assertThat(queries).hasValue(2);
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
