package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// One timer looks at all deadlines of a loop, so nothing that it looks at may stop it.
final class WatchTest {
  private final Watch watch = new Watch();
  private final List<String> looks = new ArrayList<>();

  private Watched broken(String name) {
    return new Watched() {
      @Override
      public void watch(long nowNanos) {
        looks.add(name);
        throw new InternalError("on purpose");
      }

      @Override
      public void drain() {}

      @Override
      public void cut() {}

      @Override
      public Object owner() {
        return WatchTest.this;
      }
    };
  }

  @Test
  void anErrorAtOneConnectionStopsNeitherTheOthersNorTheNextTick() {
    watch.add(broken("one"));
    watch.add(broken("other"));

    watch.tick();
    watch.tick();

    assertThat(looks).containsExactlyInAnyOrder("one", "other", "one", "other");
  }
}
