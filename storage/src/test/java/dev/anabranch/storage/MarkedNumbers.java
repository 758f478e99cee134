package dev.anabranch.storage;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Marking;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.testkit.TestWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/// Entities whose original is a number, which says their mark.
public final class MarkedNumbers implements Marking {

  /// Where they are.
  public static final ScopeName SCOPE = new ScopeName("user:home");

  private static final PageLimit ALL = new PageLimit(1_000, 1 << 20);
  private static final ModelName SIGNED = new ModelName("signed");

  private final List<Long> tags;
  private final Models models;

  /// Those with so many tags each.
  public MarkedNumbers(int tags) {
    this.tags = LongStream.range(0, tags).boxed().toList();
    Model signed =
        new Model(
            SIGNED,
            new NewestRule(),
            Right.WRITE,
            Model.BYTES_MAX_DEFAULT,
            Set.of(),
            Schema.ANY,
            this);
    this.models = new Models(List.of(signed), Map.of());
  }

  @Override
  public Optional<Mark> of(Change change) {
    return ofOriginal(Objects.requireNonNull(change.proof()));
  }

  @Override
  public Optional<Mark> ofOriginal(Bytes original) {
    long number = Long.parseLong(new String(original.toArray(), StandardCharsets.UTF_8));
    return Optional.of(new Mark(number, 2, 3, number, null, tags, Set.of("word")));
  }

  /// Writes those of a range, one batch each.
  public void write(Store store, int from, int to) {
    TestWriter writer = new TestWriter(store, models);
    for (int number = from; number < to; number++) {
      EntityKey key = new EntityKey(SCOPE, SIGNED, new EntityId("e" + number));
      Bytes original = Bytes.of(Integer.toString(number).getBytes(StandardCharsets.UTF_8));
      writer.apply(
          Write.insert(new WriteKey("k" + number), key, JsonObject.EMPTY.with("number", number))
              .provenBy(original)
              .at(number));
    }
  }

  /// The numbers that a store finds, the greatest first.
  public static List<Long> found(Store store) {
    return store.find(Search.ALL, null, ALL).found().stream()
        .map(Found::spot)
        .map(spot -> spot.time())
        .toList();
  }
}
