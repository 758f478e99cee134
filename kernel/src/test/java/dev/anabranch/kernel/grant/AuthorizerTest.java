package dev.anabranch.kernel.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AuthorizerTest {

  private static final ScopeName SCOPE = new ScopeName("org:1");
  private static final PrincipalId ANN = new PrincipalId("ann");

  private final Map<EntityKey, Entity> grants = new HashMap<>();

  @ParameterizedTest
  @CsvSource({
    "-,     -,     admin, none",
    "read,  -,     admin, read",
    "-,     read,  admin, read",
    "read,  write, admin, write",
    "write, read,  admin, write",
    "admin, -,     read,  read",
    "admin, admin, none,  none",
    "none,  read,  admin, read",
    "bogus, -,     admin, none",
  })
  void theHigherOfOwnAndPublicGrantWithinTheCeiling(
      String own, String everybody, String ceiling, String expected) {
    grant(ANN, own);
    grant(Authorizer.ANYONE, everybody);
    Authority authority =
        new Authority(
            List.of(ScopePattern.EVERY), Right.ofWord(ceiling).orElseThrow(), true, false);
    assertThat(rightOf(authority)).isEqualTo(Right.ofWord(expected).orElseThrow());
  }

  @Test
  void theOwnersRightNeedsNoGrant() {
    assertThat(rightOf(Authority.OWNER)).isEqualTo(Right.ADMIN);
  }

  @Test
  void aDeletedGrantCountsNothing() {
    EntityKey key = EntityKey.grant(SCOPE, ANN);
    grants.put(key, new Entity(key, 2, JsonObject.EMPTY, null, null, true, 1, 1, 1, 1));
    assertThat(rightOf(Authority.GRANTED)).isEqualTo(Right.NONE);
  }

  @Test
  void aPrivateScopeIsItsNamesakesWhateverIsGranted() {
    ScopeName anns = ScopeName.privateOf("ann");
    EntityKey grant = EntityKey.grant(anns, new PrincipalId("bob"));
    JsonObject admin = JsonObject.EMPTY.with("right", "admin");
    grants.put(grant, new Entity(grant, 1, admin, null, null, false, 1, 1, 1, 1));
    assertThat(rightIn(anns, "ann")).isEqualTo(Right.WRITE);
    assertThat(rightIn(anns, "key", "ann")).isEqualTo(Right.WRITE);
    assertThat(rightIn(anns, "bob")).isEqualTo(Right.NONE);
    assertThat(
            Authorizer.rightOf(
                new Caller(ANN, Authority.OWNER, "test"), ScopeName.privateOf("x"), grants::get))
        .isEqualTo(Right.ADMIN);
  }

  private Right rightIn(ScopeName scope, String principal, String... also) {
    Set<PrincipalId> others =
        Arrays.stream(also).map(PrincipalId::new).collect(Collectors.toUnmodifiableSet());
    Caller caller = new Caller(new PrincipalId(principal), Authority.GRANTED, "test", others);
    return Authorizer.rightOf(caller, scope, grants::get);
  }

  @Test
  void outsideItsPatternsAnAuthorityCountsNothing() {
    grant(ANN, "admin");
    Authority elsewhere =
        new Authority(List.of(new ScopePattern("org:2")), Right.ADMIN, false, true);
    assertThat(rightOf(elsewhere)).isEqualTo(Right.NONE);
    assertThat(rightOf(new Authority(List.of(), Right.ADMIN, true, true))).isEqualTo(Right.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "*,      true",
    "org:*,  true",
    "org:1,  true",
    "org:1*, true",
    "o*,     true",
    "org:,   -",
    "org:2,  false",
    "org:12, false",
    "chat:*, false",
    "*:1,    -",
    "org:**, -",
  })
  void aPatternIsANameOrABeginningAndAStar(String text, String matches) {
    if (matches.equals("-")) {
      assertThatThrownBy(() -> new ScopePattern(text)).isInstanceOf(IllegalArgumentException.class);
    } else {
      assertThat(new ScopePattern(text).matches(SCOPE)).isEqualTo(matches.equals("true"));
    }
  }

  @Test
  void eachRightHoldsTheOnesBeforeIt() {
    assertThat(Right.ADMIN.covers(Right.WRITE)).isTrue();
    assertThat(Right.READ.covers(Right.WRITE)).isFalse();
    assertThat(Right.NONE.covers(Right.NONE)).isTrue();
    for (Right right : Right.values()) {
      assertThat(Right.ofWord(right.word())).contains(right);
    }
  }

  private Right rightOf(Authority authority) {
    return Authorizer.rightOf(new Caller(ANN, authority, "test"), SCOPE, grants::get);
  }

  private void grant(PrincipalId principal, String right) {
    if (!right.equals("-")) {
      EntityKey key = EntityKey.grant(SCOPE, principal);
      JsonObject data = JsonObject.EMPTY.with("right", right);
      grants.put(key, new Entity(key, 1, data, null, null, false, 1, 1, 1, 1));
    }
  }
}
