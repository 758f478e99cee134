package dev.anabranch.link.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GcraTest {
  private static final long SECOND = 1_000_000_000L;

  /// Close to where a monotonic clock wraps, which it may.
  private static final long START = Long.parseLong("9223372036354775807");

  @Test
  void grantsABurstAtOnceAndThenTheAverage() {
    Gcra limit = new Gcra(new Rate(10, 5), START);

    for (int ask = 0; ask < 5; ask++) {
      assertThat(limit.ask(1, START)).isZero();
    }
    assertThat(limit.ask(1, START)).isEqualTo(SECOND / 10);
    assertThat(limit.ask(1, START + SECOND / 10)).isZero();
    assertThat(limit.ask(1, START + SECOND / 10)).isPositive();
  }

  @Test
  void aRefusedAskTakesNothing() {
    Gcra limit = new Gcra(new Rate(10, 5), START);
    limit.ask(4, START);

    assertThat(limit.ask(2, START)).isPositive();
    assertThat(limit.ask(1, START)).isZero();
  }

  @Test
  void moreThanABurstIsGrantedOncePerBurst() {
    Gcra limit = new Gcra(new Rate(10, 5), START);

    assertThat(limit.ask(500, START)).isZero();
    assertThat(limit.ask(500, START)).isEqualTo(SECOND / 2);
  }

  @Test
  void waitingDoesNotSaveUpMoreThanABurst() {
    Gcra limit = new Gcra(new Rate(10, 5), START);
    long later = START;
    later += 100 * SECOND; // wraps on purpose

    assertThat(limit.ask(5, later)).isZero();
    assertThat(limit.ask(1, later)).isPositive();
  }

  @Test
  void unlimitedIsNeverRefused() {
    Gcra limit = new Gcra(Rate.UNLIMITED, START);

    assertThat(limit.ask(Long.MAX_VALUE, START)).isZero();
    assertThat(limit.ask(Long.MAX_VALUE, START)).isZero();
  }

  @Test
  void whatIsGivenBackCanBeHadAgainAndNoMore() {
    Gcra limit = new Gcra(new Rate(10, 5), START);
    limit.ask(3, START);
    limit.giveBack(2);

    assertThat(limit.ask(4, START)).isZero();
    assertThat(limit.ask(1, START)).isPositive();
  }

  @Test
  void moreThanABurstIsGivenBackAsItWasGranted() {
    Gcra limit = new Gcra(new Rate(10, 5), START);
    limit.ask(500, START);
    limit.giveBack(500);

    assertThat(limit.ask(5, START)).isZero();
    assertThat(limit.ask(1, START)).isPositive();
  }

  @Test
  void whatIsGivenBackLateMakesNoMoreThanABurst() {
    Gcra limit = new Gcra(new Rate(10, 5), START);
    limit.ask(5, START);
    long later = START;
    later += 100 * SECOND; // wraps on purpose
    limit.giveBack(5);

    assertThat(limit.ask(5, later)).isZero();
    assertThat(limit.ask(1, later)).isPositive();
  }

  @Test
  void aTableGivesBackToTheKeyThatAskedUnlessItForgotIt() {
    GcraTable<String> table = new GcraTable<>(new Rate(1, 1), 1);
    table.ask("a", 1, START);
    table.giveBack("b", 1);
    assertThat(table.ask("a", 1, START)).isPositive();
    table.giveBack("a", 1);
    assertThat(table.ask("a", 1, START)).isZero();
    assertThat(table.ask("a", 1, START)).isPositive();
  }

  @Test
  void aTableKeepsKeysApartAndForgetsTheLeastRecentlyUsed() {
    GcraTable<String> table = new GcraTable<>(new Rate(1, 1), 2);

    assertThat(table.ask("a", 1, START)).isZero();
    assertThat(table.ask("a", 1, START)).isPositive();
    assertThat(table.ask("b", 1, START)).isZero();
    assertThat(table.ask("c", 1, START)).isZero();
    assertThat(table.ask("a", 1, START)).as("a was forgotten").isZero();
  }
}
