package dev.anabranch.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Time, sleep, chance and locks come through seams, so that a simulation can hold them all.
class SeamsTest {
  private final List<SeamBreach> breaches = SeamBreach.in(Checkout.ofThisBuild().programClasses());

  @Test
  void nothingReachesForTimeChanceOrMonitorsOutsideTheEdges() {
    List<SeamBreach> unexcused =
        breaches.stream().filter(breach -> Edges.of(breach.className()).isEmpty()).toList();

    assertThat(unexcused)
        .as("take an InstantSource, a RandomGenerator, an executor or a j.u.c. lock instead")
        .isEmpty();
  }

  @Test
  void everyEdgeStillNeedsItsPermission() {
    List<String> idle =
        Edges.REASONS.keySet().stream()
            .filter(edge ->
                breaches.stream().noneMatch(breach -> Edges.covers(edge, breach.className())))
            .toList();

    assertThat(idle).as("edges that break no seam any more: strike them from Edges").isEmpty();
  }

  @Test
  void findsEveryBannedCallInAClassThatMakesThemAll() {
    List<String> found =
        SeamBreach.in(SeamBreaker.class).stream().map(SeamBreach::what).distinct().toList();

    assertThat(found)
        .containsExactlyInAnyOrder(
            "System.currentTimeMillis",
            "System.nanoTime",
            "Instant.now",
            "LocalDate.now",
            "Clock.systemUTC",
            "InstantSource.system",
            "Thread.sleep",
            "TimeUnit.sleep",
            "new Random",
            "new SecureRandom",
            "Math.random",
            "ThreadLocalRandom.current",
            "RandomGenerator.getDefault",
            "UUID.randomUUID",
            "new Socket",
            "synchronized method",
            "synchronized block");
  }

  @Test
  void letsASeededGeneratorAndAGivenClockPass() {
    assertThat(SeamBreach.in(SeamKeeper.class)).isEmpty();
  }
}
