package dev.anabranch.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Time, sleep, chance and locks come through seams, so that a simulation can hold them all.
class SeamsTest {
  private final Checkout checkout = Checkout.ofThisBuild();
  private final List<String> classes = checkout.programClassNames();
  private final List<SeamBreach> breaches = SeamBreach.in(checkout.programClasses());

  @Test
  void nothingReachesForTimeChanceOrMonitorsOutsideTheEdges() {
    List<SeamBreach> unexcused =
        breaches.stream().filter(breach -> Edges.of(breach.className()).isEmpty()).toList();

    assertThat(unexcused)
        .as("take an InstantSource, a RandomGenerator, an executor or a j.u.c. lock instead")
        .isEmpty();
  }

  @Test
  void noEdgeKeepsAPermissionThatItDoesNotNeed() {
    List<String> idle =
        Edges.REASONS.keySet().stream()
            .filter(edge -> classes.stream().anyMatch(name -> Edges.covers(edge, name)))
            .filter(edge -> breakers().noneMatch(name -> Edges.covers(edge, name)))
            .toList();

    assertThat(idle).as("strike these from Edges").isEmpty();
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

  private Stream<String> breakers() {
    return breaches.stream().map(SeamBreach::className);
  }
}
