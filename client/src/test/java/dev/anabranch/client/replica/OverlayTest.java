package dev.anabranch.client.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class OverlayTest {

  private static final EntityKey KEY =
      new EntityKey(new ScopeName("org:demo"), new ModelName("Note"), new EntityId("n1"));
  private static final KnownEntity KNOWN =
      new KnownEntity(KEY, 4, fields("a", "b"), null, 1, 2, 50);

  private static JsonObject fields(String... names) {
    JsonObject fields = JsonObject.EMPTY;
    for (String name : names) {
      fields = fields.with(name, name + "0");
    }
    return fields;
  }

  private static @Nullable EntityView view(@Nullable KnownEntity known, Draft... drafts) {
    List<QueuedWrite> pending =
        IntStream.range(0, drafts.length)
            .mapToObj(index ->
                new QueuedWrite(
                    index + 1, new WriteKey("k" + index), drafts[index], null, 0, 0, 0, false))
            .toList();
    return Overlay.view(KEY, known, pending);
  }

  @Test
  void showsWhatIsKnownWhenNothingIsPending() {
    assertThat(view(KNOWN)).isEqualTo(new EntityView(KEY, fields("a", "b"), 4, 50, 1, 2, 0, 0));
    assertThat(view(null)).isNull();
  }

  @Test
  void putOnALivingEntityLaysItsFieldsOver() {
    EntityView view = view(KNOWN, Draft.put(KEY, JsonObject.EMPTY.with("b", "new").with("c", 1)));

    assertThat(view).isNotNull();
    assertThat(view.data())
        .isEqualTo(JsonObject.EMPTY.with("a", "a0").with("b", "new").with("c", 1));
    assertThat(view.version()).isEqualTo(5);
    assertThat(view.knownVersion()).isEqualTo(4);
    assertThat(view.pending()).isEqualTo(1);
    assertThat(view.lastWrite()).isEqualTo(1);
  }

  @Test
  void putOnAnAbsentEntityLeavesNullsOut() {
    EntityView view =
        view(null, Draft.put(KEY, JsonObject.EMPTY.with("a", "x").with("b", JsonNull.NULL)));

    assertThat(view)
        .isEqualTo(new EntityView(KEY, JsonObject.EMPTY.with("a", "x"), 1, 0, 0, 0, 1, 1));
  }

  @Test
  void patchChangesAndRemovesFields() {
    EntityView view =
        view(KNOWN, Draft.patch(KEY, JsonObject.EMPTY.with("a", JsonNull.NULL).with("c", "x")));

    assertThat(view).isNotNull();
    assertThat(view.data()).isEqualTo(JsonObject.EMPTY.with("b", "b0").with("c", "x"));
  }

  @Test
  void patchAndDeleteOfAnAbsentEntityShowNothing() {
    assertThat(view(null, Draft.patch(KEY, fields("a")), Draft.delete(KEY))).isNull();
  }

  @Test
  void appliesWritesInTheirOrder() {
    EntityView view =
        view(
            KNOWN,
            Draft.delete(KEY),
            Draft.patch(KEY, fields("lost")),
            Draft.put(KEY, fields("c")),
            Draft.patch(KEY, JsonObject.EMPTY.with("c", "last")));

    assertThat(view).isNotNull();
    assertThat(view.data()).isEqualTo(JsonObject.EMPTY.with("c", "last"));
    assertThat(view.version()).isEqualTo(7);
  }

  @Test
  void aWriteThatIsPartOfWhatIsKnownIsNotLaidOverAgain() {
    QueuedWrite contained =
        new QueuedWrite(1, new WriteKey("k"), Draft.patch(KEY, fields("c")), null, 0, 50, 5, false);
    QueuedWrite awaited =
        new QueuedWrite(2, new WriteKey("l"), Draft.patch(KEY, fields("d")), null, 0, 51, 6, false);

    EntityView view = Overlay.view(KEY, KNOWN, List.of(contained, awaited));

    assertThat(view).isNotNull();
    assertThat(view.data()).isEqualTo(fields("a", "b", "d"));
    assertThat(view.pending()).isEqualTo(1);
  }

  @Test
  void aWriteThatWasDecidedBeforeALaterOneCameBackIsNotLaidOver() {
    QueuedWrite decided =
        new QueuedWrite(1, new WriteKey("k"), Draft.put(KEY, fields("c")), null, 0, 0, 0, true);

    assertThat(Overlay.view(KEY, KNOWN, List.of(decided))).isEqualTo(view(KNOWN));
    assertThat(Overlay.view(KEY, null, List.of(decided))).isNull();
  }
}
