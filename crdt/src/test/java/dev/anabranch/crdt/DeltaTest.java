package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What observers are told is exactly what changed.
class DeltaTest {
  private static final Map<String, Any> BOLD = Map.of("bold", Any.of(true));

  @Test
  void tellsTheSmallestChange() {
    Document document = EditingTrace.document(1);
    SharedText text = document.text("t");
    text.insert(0, "abcdef");
    List<List<DeltaOperation>> told = new ArrayList<>();
    text.observe(event -> told.add(event.delta()));

    document.transact(
        null,
        transaction -> {
          text.delete(1, 2);
          text.insert(3, "XY");
        });
    text.format(0, 2, BOLD);

    assertThat(told)
        .containsExactly(
            List.of(
                new DeltaOperation.Retain(1, Map.of()),
                new DeltaOperation.Delete(2),
                new DeltaOperation.Retain(2, Map.of()),
                new DeltaOperation.InsertText("XY", Map.of())),
            List.of(new DeltaOperation.Retain(2, BOLD)));
  }

  @Test
  void tellsWhatHappenedToKeysAndWhere() {
    Document document = EditingTrace.document(1);
    SharedArray array = document.array("a");
    SharedMap map = (SharedMap) array.insertType(0, NewType.MAP);
    map.put("k", Any.of(1));
    List<TypeEvent.KeyChange> changes = new ArrayList<>();
    List<List<Any>> paths = new ArrayList<>();
    array.observeDeep(events -> {
      changes.addAll(events.getFirst().keys().values());
      paths.add(events.getFirst().pathFrom(array));
    });

    map.put("k", Any.of(2));
    map.remove("k");
    map.put("new", Any.of(3));

    Element one = new Element.Plain(Any.of(1));
    Element two = new Element.Plain(Any.of(2));
    assertThat(changes)
        .containsExactly(
            new TypeEvent.KeyChange(TypeEvent.KeyAction.UPDATED, one),
            new TypeEvent.KeyChange(TypeEvent.KeyAction.REMOVED, two),
            new TypeEvent.KeyChange(TypeEvent.KeyAction.ADDED, null));
    assertThat(paths).containsOnly(List.of(Any.of(0)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void deltasRepeatedElsewhereMakeTheSameText(long seed) {
    Random random = new Random(seed);
    Document one = EditingTrace.document(1);
    Document other = EditingTrace.document(2);
    SharedText mirror = EditingTrace.document(3).text("mirror");
    one.text("t").observe(event -> mirror.applyDelta(event.delta()));
    for (int step = 0; step < 400; step++) {
      write((random.nextBoolean() ? one : other).text("t"), random, seed % 2 == 0);
      if (random.nextInt(5) == 0) {
        one.apply(other.encodeV1(), "other");
        other.apply(one.encodeV1(), "one");
      }
      assertThat(mirror.text()).as("seed %s step %s", seed, step).isEqualTo(one.text("t").text());
    }
    assertThat(mirror.length()).isEqualTo(one.text("t").length());
  }

  private static void write(SharedText text, Random random, boolean marks) {
    int at = random.nextInt(text.length() + 1);
    int length = Math.min(1 + random.nextInt(5), text.length() - at);
    switch (random.nextInt(marks ? 5 : 3)) {
      case 0, 1 -> text.insert(at, Integer.toString(random.nextInt(1000), 36));
      case 2 -> text.delete(at, length);
      case 3 -> text.format(at, length, random.nextBoolean() ? BOLD : Map.of("bold", Any.NULL));
      default -> text.insert(at, "m", BOLD);
    }
  }
}
