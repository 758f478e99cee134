package dev.anabranch.kernel.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.anabranch.kernel.follow.Following.Step;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// From the cursor into the present: every seq once, in order (K5), and nothing after a revocation
/// (K8).
final class FollowingTest {

  private static final PrincipalId ANN = new PrincipalId("ann");

  private final Recorder follower = new Recorder();
  private final Following following = new Following(follower, 0, Set.of(ANN), 4);

  // Every state × every event. A follower that has been told 1–4 stands in each state; the cell
  // says
  // what it is told, what its owner does next, and the state it is in then.

  private static final String TABLE =
      """
      event                       | reading                 | live                       | paused      | ended
      page up to date             | 5 caught up, wait, live | wait, live                 | wait, paused| end, ended
      page with more behind it    | 5, read, reading        | wait, live                 | wait, paused| end, ended
      page up to date, not ready  | wait, paused            | wait, live                 | wait, paused| end, ended
      page with more, not ready   | wait, paused            | wait, live                 | wait, paused| end, ended
      page that is empty          | caught up, wait, live   | wait, live                 | wait, paused| end, ended
      page after a hole           | refetch, end, ended     | wait, live                 | wait, paused| end, ended
      page after hole, not ready  | refetch, end, ended     | wait, live                 | wait, paused| end, ended
      page due                    | read, reading           | wait, live                 | wait, paused| wait, ended
      page due, not ready         | wait, paused            | wait, live                 | wait, paused| wait, ended
      refetch                     | refetch, end, ended     | wait, live                 | wait, paused| end, ended
      announced next              | wait, reading           | 5, wait, live              | wait, paused| end, ended
      announced next, not ready   | wait, reading           | wait, paused               | wait, paused| end, ended
      announced behind a hole     | wait, reading           | read, reading              | wait, paused| end, ended
      announced old               | wait, reading           | wait, live                 | wait, paused| end, ended
      announced old and new       | wait, reading           | read, reading              | wait, paused| end, ended
      announced revocation        | wait, reading           | 5 refetch, end, ended      | wait, paused| end, ended
      page with revocation        | 5 refetch, end, ended   | wait, live                 | wait, paused| end, ended
      doubted                     | wait, reading           | read, reading              | wait, paused| end, ended
      resumed                     | wait, reading           | wait, live                 | read, reading| end, ended
      cancelled                   | end, ended              | end, ended                 | end, ended  | end, ended
      """;

  @TestFactory
  Stream<DynamicTest> everyStateMeetsEveryEvent() {
    List<List<String>> lines =
        TABLE
            .lines()
            .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList())
            .toList();
    List<DynamicTest> tests = new ArrayList<>();
    for (List<String> line : lines.subList(1, lines.size())) {
      for (int column = 1; column < line.size(); column++) {
        String state = lines.getFirst().get(column);
        String event = line.getFirst();
        String expected = line.get(column);
        tests.add(
            dynamicTest(
                event + " while " + state + ": " + expected,
                () -> assertThat(happens(state, event)).isEqualTo(expected)));
      }
    }
    return tests.stream();
  }

  private static String happens(String state, String event) {
    Recorder told = new Recorder();
    Following following = new Following(told, 0, Set.of(ANN), 4);
    bring(following, told, state);
    told.heard.clear();
    Step step = feed(following, told, event);
    List<String> words = new ArrayList<>();
    if (!told.heard.isEmpty()) {
      words.add(String.join(" ", told.heard));
    }
    words.add(step.name().toLowerCase(Locale.ROOT));
    words.add(stateOf(following, told));
    return String.join(", ", words);
  }

  private static void bring(Following following, Recorder told, String state) {
    switch (state) {
      case "reading" -> following.page(Changes.page(0, 1, 4, 9));
      case "live" -> following.page(Changes.page(0, 1, 4, 4));
      case "paused" -> {
        following.page(Changes.page(0, 1, 4, 9));
        told.ready = false;
        following.mayRead();
        told.ready = true;
      }
      case "ended" -> following.cancelled();
      default -> throw new IllegalArgumentException(state);
    }
  }

  private static Step feed(Following following, Recorder told, String event) {
    told.ready = !event.endsWith("not ready");
    return switch (event) {
      case "page up to date", "page up to date, not ready" ->
          following.page(Changes.page(4, 5, 5, 5));
      case "page with more behind it", "page with more, not ready" ->
          following.page(Changes.page(4, 5, 5, 9));
      case "page that is empty" -> following.page(Changes.page(4, 5, 4, 4));
      case "page after a hole", "page after hole, not ready" ->
          following.page(Changes.page(6, 7, 8, 8));
      case "page due", "page due, not ready" -> following.mayRead() ? Step.READ : Step.WAIT;
      case "refetch" -> following.page(new Reading.Refetch(RefetchReason.EPOCH));
      case "announced next", "announced next, not ready" ->
          following.announced(Changes.announcement(5, 5));
      case "announced behind a hole" -> following.announced(Changes.announcement(6, 6));
      case "announced old" -> following.announced(Changes.announcement(3, 4));
      case "announced old and new" -> following.announced(Changes.announcement(3, 5));
      case "announced revocation" ->
          following.announced(new Announcement(List.of(Changes.grant(5, "ann"), Changes.note(6))));
      case "page with revocation" ->
          following.page(
              new Reading.Page(
                  4, List.of(Changes.grant(5, "ann"), Changes.note(6)), Changes.head(6)));
      case "doubted" -> following.doubted();
      case "resumed" -> following.resumed();
      case "cancelled" -> {
        following.cancelled();
        yield following.resumed();
      }
      default -> throw new IllegalArgumentException(event);
    };
  }

  /// What a hole, a resume and a page do next tells the state apart from outside.
  private static String stateOf(Following following, Recorder told) {
    told.ready = true;
    if (following.resumed() == Step.READ) {
      return "paused";
    }
    return switch (following.announced(Changes.announcement(100, 100))) {
      case END -> "ended";
      case READ -> "live";
      case WAIT -> "reading";
    };
  }

  // Whole ways.

  @Test
  void whatIsCommittedBetweenThePageAndTheRegistrationIsNotMissed() {
    following.announced(Changes.announcement(3, 3));
    assertThat(following.page(Changes.page(0, 1, 2, 2))).isEqualTo(Step.READ);
    assertThat(following.page(Changes.page(2, 3, 3, 3))).isEqualTo(Step.WAIT);
    assertThat(follower.heard).containsExactly("1", "2", "3", "caught up");
  }

  @Test
  void whatThePageHeldAlreadyIsNotToldAgain() {
    following.page(Changes.page(0, 1, 3, 3));
    following.announced(Changes.announcement(2, 3));
    following.announced(Changes.announcement(4, 4));
    assertThat(follower.heard).containsExactly("1", "2", "3", "caught up", "4");
  }

  @Test
  void aSlowFollowerReadsOnFromItsCursorAndIsCaughtUpOnlyOnce() {
    following.page(Changes.page(0, 1, 1, 1));
    follower.ready = false;
    following.announced(Changes.announcement(2, 2));
    following.announced(Changes.announcement(3, 3));
    assertThat(following.cursor()).isEqualTo(Changes.id(1));
    follower.ready = true;
    assertThat(following.resumed()).isEqualTo(Step.READ);
    following.page(Changes.page(1, 2, 3, 3));
    following.announced(Changes.announcement(4, 4));
    assertThat(follower.heard).containsExactly("1", "caught up", "2", "3", "4");
  }

  @Test
  void theFirstPageWaitsForRoomLikeEveryOther() {
    follower.ready = false;
    assertThat(following.mayRead()).isFalse();
    following.announced(Changes.announcement(3, 3));
    assertThat(follower.heard).isEmpty();
    follower.ready = true;
    assertThat(following.resumed()).isEqualTo(Step.READ);
    assertThat(following.mayRead()).isTrue();
    following.page(Changes.page(0, 1, 3, 3));
    assertThat(follower.heard).containsExactly("1", "2", "3", "caught up");
  }

  @Test
  void aPageThatFindsNoRoomWhenItComesIsReadAgainFromTheCursor() {
    following.page(Changes.page(0, 1, 2, 9));
    assertThat(following.mayRead()).isTrue();
    follower.ready = false;
    assertThat(following.page(Changes.page(2, 3, 4, 4))).isEqualTo(Step.WAIT);
    following.announced(Changes.announcement(5, 5));
    assertThat(following.cursor()).isEqualTo(Changes.id(2));
    follower.ready = true;
    assertThat(following.resumed()).isEqualTo(Step.READ);
    assertThat(following.page(Changes.page(2, 3, 5, 5))).isEqualTo(Step.WAIT);
    following.announced(Changes.announcement(6, 6));
    assertThat(follower.heard).containsExactly("1", "2", "3", "4", "5", "caught up", "6");
  }

  @Test
  void whoIsCaughtUpIsToldSoWhenThereIsRoom() {
    follower.ready = false;
    following.page(Changes.page(0, 1, 0, 0));
    assertThat(follower.heard).isEmpty();
    follower.ready = true;
    following.resumed();
    following.page(Changes.page(0, 1, 0, 0));
    assertThat(follower.heard).containsExactly("caught up");
  }

  @Test
  void aDoubtWhileAPageIsUnderWayIsReadAfterThatPage() {
    following.page(Changes.page(0, 1, 4, 9));
    following.doubted();
    assertThat(following.page(Changes.page(4, 5, 5, 5))).isEqualTo(Step.READ);
    assertThat(following.page(Changes.page(5, 6, 6, 6))).isEqualTo(Step.WAIT);
    assertThat(follower.heard).endsWith("5", "6", "caught up");
  }

  @Test
  void aChangeOfRightsBeforeTheyWereLookedUpEndsNothing() {
    following.page(
        new Reading.Page(0, List.of(Changes.note(1), Changes.grant(2, "ann")), Changes.head(2)));
    assertThat(follower.heard).containsExactly("1", "2", "caught up");
  }

  @Test
  void somebodyElsesRevocationEndsNothing() {
    following.page(Changes.page(0, 1, 4, 4));
    following.announced(new Announcement(List.of(Changes.grant(5, "bob"))));
    following.announced(Changes.announcement(6, 6));
    assertThat(follower.heard).endsWith("5", "6");
  }

  @Test
  void theFirstRevocationAmongSomebodyElsesEndsTheFollowingRightBehindIt() {
    following.page(Changes.page(0, 1, 4, 4));
    Announcement mixed =
        new Announcement(
            List.of(
                Changes.note(5),
                Changes.grant(6, "bob"),
                Changes.grant(7, "ann"),
                Changes.grant(8, "ann"),
                Changes.note(9)));
    assertThat(following.announced(mixed)).isEqualTo(Step.END);
    assertThat(follower.heard).endsWith("5", "6", "7", "refetch");
  }

  @Test
  void aRevocationAfterChangesFromBeforeTheRightsWereLookedUpIsFound() {
    following.page(
        new Reading.Page(
            0,
            List.of(Changes.grant(1, "ann"), Changes.note(2), Changes.note(3), Changes.note(4)),
            Changes.head(4)));
    following.announced(new Announcement(List.of(Changes.note(5), Changes.grant(6, "ann"))));
    assertThat(follower.heard).endsWith("caught up", "5", "6", "refetch");
  }

  @Test
  void aRevocationOfEverybodyEndsEverybodysFollowing() {
    following.page(Changes.page(0, 1, 4, 4));
    Announcement all = new Announcement(List.of(Changes.grant(5, "anyone"), Changes.note(6)));
    assertThat(following.announced(all)).isEqualTo(Step.END);
    assertThat(follower.heard).endsWith("5", "refetch");
    assertThat(follower.reasons).containsExactly(RefetchReason.ACCESS_CHANGED);
  }

  @Test
  void nothingIsToldAfterACancelNotEvenARevocation() {
    following.page(Changes.page(0, 1, 4, 4));
    follower.whenTold = following::cancelled;
    following.announced(new Announcement(List.of(Changes.grant(5, "ann"))));
    assertThat(follower.heard).endsWith("5");
  }

  @Test
  void aFloorThatPassedTheCursorRefetches() {
    following.page(Changes.page(0, 1, 4, 9));
    assertThat(following.page(Changes.page(7, 8, 9, 9))).isEqualTo(Step.END);
    assertThat(follower.reasons).containsExactly(RefetchReason.CURSOR_BEHIND_RETENTION);
  }
}
