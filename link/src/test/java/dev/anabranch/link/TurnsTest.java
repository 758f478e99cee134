package dev.anabranch.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {

  @Test
  void eachIsTheFirstOneOnceInARoundAndAllAreThereEachTime() {
    Turns turns = new Turns();
    List<String> firsts = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      List<String> turn = turns.next(List.of("a", "b", "c"));
      assertThat(turn).containsExactlyInAnyOrder("a", "b", "c");
      firsts.add(turn.getFirst());
    }
    assertThat(firsts).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void nobodyWaitsIsNoTurn() {
    assertThat(new Turns().next(List.of())).isEmpty();
  }
}
