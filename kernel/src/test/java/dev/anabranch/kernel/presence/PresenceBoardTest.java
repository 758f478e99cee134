package dev.anabranch.kernel.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.presence.PresenceBoard.Verdict;
import org.junit.jupiter.api.Test;

final class PresenceBoardTest {

  private static final ScopeName SCOPE = new ScopeName("chat:1");

  private final PresenceBoard board = new PresenceBoard(3, 50, 100);

  @Test
  void theLastValueOfAPlaceCounts() {
    board.put(present(1, "typing", 100));
    board.put(present(1, "idle", 200));
    assertThat(board.in(SCOPE)).containsExactly(present(1, "idle", 200));
  }

  @Test
  void aPlaceThatIsRenewedKeepsItsRank() {
    board.put(present(1, "x", 100));
    board.put(present(2, "y", 100));
    board.put(present(1, "x", 200));
    assertThat(board.in(SCOPE)).containsExactly(present(1, "x", 200), present(2, "y", 100));
  }

  @Test
  void aPlaceIsScopeTopicDeviceAndClient() {
    board.put(present(1, "x", 100));
    board.put(present(2, "y", 100));
    Present.Place elsewhere = new Present.Place(new ScopeName("chat:2"), "", "phone", 1);
    board.put(new Present(elsewhere, new PrincipalId("me"), JsonObject.EMPTY, 100));
    assertThat(board.in(SCOPE)).hasSize(2);
    assertThat(board.in(new ScopeName("chat:2"))).hasSize(1);
  }

  @Test
  void nullTakesAPlaceAway() {
    board.put(present(1, "x", 100));
    board.put(gone(1, 50));
    board.put(gone(7, 50));
    assertThat(board.in(SCOPE)).isEmpty();
    assertThat(board.nextExpiry()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aFullScopeTakesNoNewPlaceButOldOnesMayChange() {
    for (int client = 1; client <= 3; client++) {
      assertThat(board.put(present(client, "x", 100))).isEqualTo(Verdict.TAKEN);
    }
    assertThat(board.put(present(4, "x", 100))).isEqualTo(Verdict.SCOPE_FULL);
    assertThat(board.put(present(3, "y", 100))).isEqualTo(Verdict.TAKEN);
    board.put(gone(1, 0));
    assertThat(board.put(present(4, "x", 100))).isEqualTo(Verdict.TAKEN);
  }

  @Test
  void aFullBoardTakesNoNewPlaceInAnyScopeButOldOnesMayChange() {
    PresenceBoard small = new PresenceBoard(3, 50, 4);
    for (int scope = 1; scope <= 4; scope++) {
      assertThat(small.put(in(scope, 100 + scope))).isEqualTo(Verdict.TAKEN);
    }
    assertThat(small.put(in(5, 100))).isEqualTo(Verdict.BOARD_FULL);
    assertThat(small.put(in(4, 200))).isEqualTo(Verdict.TAKEN);
    assertThat(small.size()).isEqualTo(4);
    assertThat(small.expire(101)).hasSize(1);
    assertThat(small.put(in(5, 100))).isEqualTo(Verdict.TAKEN);
    assertThat(small.size()).isEqualTo(4);
  }

  private static Present in(int scope, long expiresAt) {
    return in(scope, "me", expiresAt);
  }

  private static Present in(int scope, String principal, long expiresAt) {
    return new Present(
        new Present.Place(new ScopeName("chat:" + scope), "", "phone", 1),
        new PrincipalId(principal),
        JsonObject.EMPTY,
        expiresAt);
  }

  @Test
  void aPrincipalTakesNoMoreThanItsShareAndOthersFindRoom() {
    PresenceBoard shared = new PresenceBoard(10, 2, 10);
    assertThat(shared.put(in(1, "me", 100))).isEqualTo(Verdict.TAKEN);
    assertThat(shared.put(in(2, "me", 100))).isEqualTo(Verdict.TAKEN);
    assertThat(shared.put(in(3, "me", 100))).isEqualTo(Verdict.SHARE_USED_UP);
    assertThat(shared.size()).isEqualTo(2);
    assertThat(shared.put(in(3, "you", 100))).isEqualTo(Verdict.TAKEN);
    assertThat(shared.put(in(2, "me", 200))).isEqualTo(Verdict.TAKEN);
  }

  @Test
  void aShareIsFreeAgainWhenAPlaceIsLeftOrExpires() {
    PresenceBoard shared = new PresenceBoard(10, 1, 10);
    shared.put(in(1, "me", 100));
    shared.put(in(1, "me", 150));
    shared.put(new Present(in(1, 0).at(), new PrincipalId("me"), null, 0));
    assertThat(shared.put(in(2, "me", 200))).isEqualTo(Verdict.TAKEN);
    assertThat(shared.put(in(3, "me", 300))).isEqualTo(Verdict.SHARE_USED_UP);
    shared.expire(200);
    assertThat(shared.put(in(3, "me", 300))).isEqualTo(Verdict.TAKEN);
  }

  @Test
  void aPlaceThatGoesToAnotherPrincipalCountsForThatOne() {
    PresenceBoard shared = new PresenceBoard(10, 1, 10);
    shared.put(in(1, "me", 100));
    assertThat(shared.put(in(1, "you", 200))).isEqualTo(Verdict.TAKEN);
    assertThat(shared.put(in(2, "you", 200))).isEqualTo(Verdict.SHARE_USED_UP);
    assertThat(shared.put(in(2, "me", 200))).isEqualTo(Verdict.TAKEN);
    assertThat(shared.put(in(1, "me", 300))).isEqualTo(Verdict.SHARE_USED_UP);
    assertThat(shared.in(new ScopeName("chat:1"))).containsExactly(in(1, "you", 200));
  }

  @Test
  void whatExpiredIsGoneAndSaysSo() {
    board.put(present(1, "x", 100));
    board.put(present(2, "y", 101));
    assertThat(board.nextExpiry()).isEqualTo(100);
    assertThat(board.expire(99)).isEmpty();
    assertThat(board.expire(100)).containsExactly(gone(1, 100));
    assertThat(board.in(SCOPE)).containsExactly(present(2, "y", 101));
    assertThat(board.nextExpiry()).isEqualTo(101);
  }

  @Test
  void aRenewedValueExpiresByItsNewTimeOnly() {
    board.put(present(1, "x", 100));
    board.put(present(1, "x", 300));
    assertThat(board.expire(200)).isEmpty();
    assertThat(board.expire(300)).containsExactly(gone(1, 300));
  }

  @Test
  void whatWasReplacedIsForgotten() {
    for (int time = 1; time <= 1000; time++) {
      board.put(present(1, "x", time));
    }
    assertThat(board.nextExpiry()).isEqualTo(1000);
    assertThat(board.expire(Long.MAX_VALUE - 1)).hasSize(1);
  }

  @Test
  void aPlaceWithTooLongATopicIsNone() {
    assertThatThrownBy(
            () -> new Present.Place(SCOPE, "x".repeat(Present.TOPIC_CHARS_MAX + 1), "phone", 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hasNoPlaceForWhatIsSaidOnce() {
    Present said = Present.once(SCOPE, "", new PrincipalId("me"), JsonObject.EMPTY);
    assertThat(said.isOnce()).isTrue();
    assertThat(present(1, "here", 100).isOnce()).isFalse();
    assertThat(gone(1, 0).isOnce()).isFalse();
    assertThatThrownBy(() -> new PresenceBoard(9, 9, 9).put(said))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Present present(long client, String state, long expiresAt) {
    return new Present(
        new Present.Place(SCOPE, "", "phone", client),
        new PrincipalId("me"),
        JsonObject.EMPTY.with("state", state),
        expiresAt);
  }

  private static Present gone(long client, long at) {
    return new Present(
        new Present.Place(SCOPE, "", "phone", client), new PrincipalId("me"), null, at);
  }
}
