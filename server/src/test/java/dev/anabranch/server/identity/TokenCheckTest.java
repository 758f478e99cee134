package dev.anabranch.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.testkit.MemoryStore;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCheckTest {

  private static final int BELIEVED_MILLIS = 1_000;

  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final Random random = new Random(7);
  private final Credentials credentials = MemoryStore.fresh().credentials();
  private final Tokens tokens = new Tokens(credentials, this::now, random);
  private final TokenCheck check =
      new TokenCheck(
          () -> credentials,
          Runnable::run,
          this::now,
          () -> TimeUnit.MILLISECONDS.toNanos(millis.get()),
          100,
          BELIEVED_MILLIS);

  private Instant now() {
    return Instant.ofEpochMilli(millis.get());
  }

  private ApiToken made(@Nullable Long seconds) {
    return tokens
        .create(new TokenRequest(new PrincipalId("ann"), Authority.GRANTED, "", seconds))
        .token();
  }

  private boolean counts(String token) {
    return switch (check.check(token).toCompletableFuture().join()) {
      case Answer.Given<Identified>(Identified who) -> who.principal().text().equals("ann");
      case Answer.Refused<Identified>(Fault ignored) -> false;
    };
  }

  @Test
  void aTokenNamesItsPrincipal() {
    assertThat(counts(made(null).text())).isTrue();
  }

  @Test
  void theDatabaseHoldsNothingToComeInWith() {
    ApiToken token = made(null);
    assertThat(credentials.list("token", 10).toString()).doesNotContain(token.secret());
    assertThat(token.toString()).doesNotContain(token.secret());
  }

  @Test
  void aWrongSecretAndAnUnknownIdGetTheSameAnswer() {
    ApiToken token = made(null);
    ApiToken guessed = new ApiToken(token.id(), ApiToken.make(random).secret());
    ApiToken unknown = ApiToken.make(random);
    assertThat(check.check(guessed.text()).toCompletableFuture().join())
        .isEqualTo(check.check(unknown.text()).toCompletableFuture().join())
        .isInstanceOf(Answer.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "anb_", "anb_x_y", "Bearer x", "anb_aaaaaaaaaaaaaaaa_AAAA"})
  void whatIsNoTokenIsRefusedWithoutAskingTheDatabase(String text) {
    assertThat(counts(text)).isFalse();
  }

  @Test
  void aTokenExpiresToTheMillisecond() {
    String token = made(10L).text();
    millis.addAndGet(9_999);
    assertThat(counts(token)).isTrue();
    millis.addAndGet(1);
    assertThat(counts(token)).isFalse();
  }

  @Test
  void aRevocationElsewhereIsSeenWhenTheMomentIsOver() {
    ApiToken token = made(null);
    assertThat(counts(token.text())).isTrue();
    tokens.revoke(token.id());
    millis.addAndGet(BELIEVED_MILLIS);
    assertThat(counts(token.text())).isFalse();
  }

  @Test
  void aRevocationHereIsSeenAtOnce() {
    ApiToken token = made(null);
    assertThat(counts(token.text())).isTrue();
    tokens.revoke(token.id());
    check.forget(token.id());
    assertThat(counts(token.text())).isFalse();
  }

  @Test
  void onlySessionsOfATokenThatEndedAreEnded() {
    ApiToken ended = made(null);
    ApiToken other = made(null);
    OpenSessions sessions = new OpenSessions(check);
    Set<String> gone = new HashSet<>();
    sessions.opened(ended.id(), () -> gone.add("one"));
    sessions.opened(ended.id(), () -> gone.add("two"));
    sessions.opened(ended.id(), () -> gone.add("left before")).run();
    sessions.opened(other.id(), () -> gone.add("other"));
    sessions.sweep();
    assertThat(gone).isEmpty();
    tokens.revoke(ended.id());
    millis.addAndGet(BELIEVED_MILLIS);
    sessions.sweep();
    assertThat(gone).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void aTokenSurvivesItsText() {
    ApiToken token = ApiToken.make(random);
    assertThat(ApiToken.parse(" " + token.text() + "\n")).hasValue(token);
  }
}
