package dev.anabranch.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.kernel.store.Store;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The exam that every store's credentials sit. Each test begins with an empty database.
@SuppressWarnings("NullAway.Init") // JUnit calls openStore first
public abstract class CredentialsContract {

  /// The store under test, open.
  protected Store store;

  /// Opens this test's database: empty the first time, after a close the same one again.
  protected abstract Store open();

  @BeforeEach
  void openStore() {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void aCredentialComesBackAsItWentEvenAfterReopening() {
    Credential token = token("one", 10);
    Credential key =
        new Credential(
            "nostr",
            "ab".repeat(32),
            new PrincipalId("ü"),
            null,
            Authority.OWNER,
            "",
            5,
            99L,
            null);
    store.credentials().add(token);
    store.credentials().add(key);
    store.close();
    store = open();
    assertThat(store.credentials().find(Credential.TOKEN, "one")).contains(token);
    assertThat(store.credentials().find("nostr", "ab".repeat(32))).contains(key);
  }

  @Test
  void findsNothingUnderAnotherKindOrId() {
    store.credentials().add(token("one", 10));
    assertThat(store.credentials().find("nostr", "one")).isEmpty();
    assertThat(store.credentials().find(Credential.TOKEN, "two")).isEmpty();
  }

  @Test
  void saysWhetherThereIsAnyOfAKind() {
    assertThat(store.credentials().any(Credential.TOKEN)).isFalse();
    store.credentials().add(token("one", 10));
    assertThat(store.credentials().revoke(Credential.TOKEN, "one", 11)).isTrue();
    assertThat(store.credentials().any(Credential.TOKEN)).isTrue();
    assertThat(store.credentials().any(Credential.NOSTR)).isFalse();
  }

  @Test
  void listsAKindByTimeOfCreation() {
    store.credentials().add(token("late", 30));
    store.credentials().add(token("early", 10));
    store.credentials().add(token("middle", 20));
    assertThat(store.credentials().list(Credential.TOKEN, 2))
        .extracting(Credential::publicId)
        .containsExactly("early", "middle");
    assertThat(store.credentials().list("nostr", 2)).isEmpty();
  }

  @Test
  void onePrincipalMayHaveSeveral() {
    store.credentials().add(token("one", 10));
    store.credentials().add(token("two", 10));
    assertThat(store.credentials().list(Credential.TOKEN, 10)).hasSize(2);
  }

  @Test
  void severalAreFoundAtOnceByIdAndByPrincipal() {
    PrincipalId other = new PrincipalId("other");
    Set<String> asked = new HashSet<>();
    for (int index = 0; index < Credentials.ASKED_MAX - 1; index++) {
      asked.add("absent" + index);
    }
    asked.add("two");
    store.credentials().add(token("one", 10));
    store.credentials().add(token("two", 10));
    store.credentials().add(token("three", 10).movedTo(other, 20));
    assertThat(store.credentials().revoke(Credential.TOKEN, "two", 50)).isTrue();
    assertThat(store.credentials().find(Credential.TOKEN, asked))
        .containsExactly(store.credentials().find(Credential.TOKEN, "two").orElseThrow());
    assertThat(store.credentials().find(Credential.NOSTR, asked)).isEmpty();
    assertThat(store.credentials().find(Credential.TOKEN, Set.of())).isEmpty();
    Set<PrincipalId> both = Set.of(other, token("one", 10).principal());
    assertThat(store.credentials().of(Credential.TOKEN, both, 10))
        .extracting(Credential::publicId)
        .containsExactly("one", "three", "two");
    assertThat(store.credentials().of(Credential.TOKEN, both, 2)).hasSize(2);
    assertThat(store.credentials().of(Credential.TOKEN, Set.of(other), 10))
        .extracting(Credential::publicId)
        .containsExactly("three");
    assertThat(store.credentials().of(Credential.TOKEN, Set.of(), 10)).isEmpty();
    assertThat(store.credentials().of(Credential.NOSTR, both, 10)).isEmpty();
  }

  @Test
  void oneThatIsPutTakesThePlaceOfTheOneBefore() {
    PrincipalId other = new PrincipalId("other");
    store.credentials().put(token("one", 10));
    assertThat(store.credentials().revoke(Credential.TOKEN, "one", 50)).isTrue();
    store.credentials().put(token("one", 10).movedTo(other, 60));
    store.credentials().put(token("two", 10));
    store.close();
    store = open();
    assertThat(store.credentials().find(Credential.TOKEN, "one"))
        .contains(token("one", 10).movedTo(other, 60));
    assertThat(store.credentials().of(Credential.TOKEN, other, 10))
        .extracting(Credential::publicId)
        .containsExactly("one");
    assertThat(store.credentials().of("nostr", other, 10)).isEmpty();
  }

  @Test
  void oneThatWasRevokedIsNotPutInItsPlaceUnlessThatIsMeant() {
    PrincipalId other = new PrincipalId("other");
    assertThat(store.credentials().putUnlessRevoked(token("one", 10))).isTrue();
    Credential moved = token("one", 10).movedTo(other, 20);
    assertThat(store.credentials().putUnlessRevoked(moved)).isTrue();
    assertThat(store.credentials().revoke(Credential.TOKEN, "one", 50)).isTrue();
    assertThat(store.credentials().putUnlessRevoked(token("one", 10).movedTo(other, 60))).isFalse();
    Credential standing = store.credentials().find(Credential.TOKEN, "one").orElseThrow();
    assertThat(standing.revokedAt()).isEqualTo(50);
    assertThat(standing.principal()).isEqualTo(other);
    assertThat(standing.createdAt()).isEqualTo(20);
  }

  @Test
  void aRevokedOneIsFoundAndNoLongerCounts() {
    store.credentials().add(token("one", 10));
    assertThat(store.credentials().revoke(Credential.TOKEN, "one", 50)).isTrue();
    Credential revoked = store.credentials().find(Credential.TOKEN, "one").orElseThrow();
    assertThat(revoked.revokedAt()).isEqualTo(50);
    assertThat(revoked.countsAt(60)).isFalse();
  }

  @Test
  void revokingTellsWhetherThereWasOneThatCounted() {
    store.credentials().add(token("one", 10));
    assertThat(store.credentials().revoke(Credential.TOKEN, "other", 50)).isFalse();
    assertThat(store.credentials().revoke(Credential.TOKEN, "one", 50)).isTrue();
    assertThat(store.credentials().revoke(Credential.TOKEN, "one", 60)).isFalse();
    assertThat(store.credentials().find(Credential.TOKEN, "one").orElseThrow().revokedAt())
        .isEqualTo(50);
  }

  private static Credential token(String publicId, long createdAt) {
    Authority authority =
        new Authority(
            List.of(new ScopePattern("org:*"), new ScopePattern("chat:42")),
            Right.WRITE,
            true,
            false);
    Bytes hash = Bytes.of(new byte[] {0, -1, 39, 92});
    return new Credential(
        Credential.TOKEN,
        publicId,
        new PrincipalId("someone"),
        hash,
        authority,
        "a label, with 'quotes'",
        createdAt,
        null,
        null);
  }
}
