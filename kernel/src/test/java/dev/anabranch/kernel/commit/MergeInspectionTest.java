package dev.anabranch.kernel.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Models;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Who inspects updates is told of each time that a batch is decided: a store may ask for it twice.
final class MergeInspectionTest {
  private int begun;
  private final Desk desk =
      new Desk(
          Models.none(),
          new MergeInspection() {
            @Override
            public void begins() {
              begun++;
            }

            @Override
            public Optional<Fault> refuses(Caller caller, Write merge, @Nullable Entity current) {
              return Optional.empty();
            }
          });

  @Test
  void hearsThatABatchIsDecidedFromTheBeginning() {
    desk.call(true, desk.insert("a"), desk.insert("b"));
    assertThat(begun).isEqualTo(1);
    desk.call(false, desk.insert("c"));

    assertThat(begun).isEqualTo(2);
  }
}
