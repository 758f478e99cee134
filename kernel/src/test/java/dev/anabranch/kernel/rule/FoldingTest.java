package dev.anabranch.kernel.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Many changes laid over an entity.
class FoldingTest {
  private static final EntityKey DOCUMENT =
      new EntityKey(new ScopeName("org:a"), new ModelName("document"), new EntityId("d"));
  private static final Bytes LONG = Bytes.of(new byte[] {1, 2, 3});
  private static final Bytes SHORT = Bytes.of(new byte[] {6});

  /// A merge that can say everything in fewer bytes.
  private static final class Shortening implements DocumentMerge {
    @Override
    public Optional<Fault> check(Bytes update) {
      return Optional.empty();
    }

    @Override
    public Bytes merge(@Nullable Bytes state, Bytes update) {
      return LONG;
    }

    @Override
    public Bytes settle(Bytes state) {
      return SHORT;
    }
  }

  @Test
  void whatIsKeptOfADocumentIsSettledAndWhatIsComparedIsNot() {
    Folding folding = new Folding(model -> new DocumentRule(new Shortening()));
    folding.begin(new Entity(DOCUMENT, 1, JsonObject.EMPTY, LONG, null, false, 0, 0, 1, 1));

    assertThat(Objects.requireNonNull(folding.whole(DOCUMENT)).body()).isEqualTo(LONG);
    assertThat(Objects.requireNonNull(folding.settled(DOCUMENT)).body()).isEqualTo(SHORT);
  }
}
