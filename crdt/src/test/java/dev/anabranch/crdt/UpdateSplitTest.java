package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// An update in parts says what the whole says, part after part.
class UpdateSplitTest {
  private final Random random = new Random(8);

  private Document document() {
    return Document.create(DocumentOptions.forEditing(random));
  }

  private void saysTheSame(UpdateV1 whole, int bytesMax) {
    List<UpdateV1> parts = Updates.splitV1(whole, bytesMax);
    Document one = document();
    one.apply(whole, null);
    Document other = document();
    for (UpdateV1 part : parts) {
      other.apply(part, null);
    }
    assertThat(parts).allMatch(part -> part.bytes().length <= bytesMax);
    assertThat(other.snapshot()).isEqualTo(one.snapshot());
    assertThat(other.text("body").text()).isEqualTo(one.text("body").text());
    assertThat(Updates.stateVectorOf(Updates.mergeV1(parts)))
        .isEqualTo(Updates.stateVectorOf(whole));
  }

  @Test
  void aLongTextIsCutBetweenCharacters() {
    Document document = document();
    document
        .text("body")
        .insert(0, "\uD83D\uDE00".repeat(5_000) + "a" + "\uD83D\uDE00".repeat(5_000));

    saysTheSame(document.encodeV1(), 1_000);
    assertThat(Updates.splitV1(document.encodeV1(), 1_000)).hasSizeGreaterThan(40);
  }

  @Test
  void manyEditsOfManyClientsAndTheirDeletionsComeInParts() {
    Document document = document();
    for (int client = 0; client < 40; client++) {
      Document other = document();
      other.apply(document.encodeV1(), null);
      for (int i = 0; i < 30; i++) {
        int length = other.text("body").length();
        other.text("body").insert(random.nextInt(length + 1), "word" + i);
        if (i % 3 == 0) {
          other.text("body").delete(random.nextInt(length + 1), 2);
        }
        other.map("meta").put("k" + i, Any.of(client));
      }
      document.apply(other.encodeV1(), null);
    }

    saysTheSame(document.encodeV1(), 300);
    saysTheSame(document.encodeV1(), 4_000);
  }

  @Test
  void valuesAreCutBetweenEachOther() {
    Document document = document();
    document.transact(
        null,
        transaction -> {
          for (int i = 0; i < 500; i++) {
            document.array("list").insert(i, List.of(Any.of("value " + i)));
          }
        });
    saysTheSame(document.encodeV1(), 200);
  }

  @Test
  void whatAClientMadeBehindAGapKeepsItsPlace() {
    Document source = document();
    List<UpdateV1> made = new ArrayList<>();
    source.onUpdateV1(update -> made.add(update.update()));
    for (String word : List.of("one", "two", "three", "x".repeat(100))) {
      source.text("body").insert(source.text("body").length(), word);
    }
    UpdateV1 gapped = Updates.mergeV1(List.of(made.get(0), made.get(2), made.get(3)));
    List<UpdateV1> parts = Updates.splitV1(gapped, 100);

    Document document = document();
    parts.forEach(part -> document.apply(part, null));
    document.apply(made.get(1), null);

    assertThat(document.text("body").text()).isEqualTo("onetwothree" + "x".repeat(100));
    assertThat(document.snapshot()).isEqualTo(source.snapshot());
  }

  @Test
  void twoLargeValuesOfOneInsertionGoApart() {
    Document document = document();
    document.array("list").insert(0, List.of(Any.of("x".repeat(800)), Any.of("y".repeat(800))));

    saysTheSame(document.encodeV1(), 1_000);
  }

  @Test
  void aValueThatIsLargerGoesAlone() {
    Document document = document();
    document.map("meta").put("small", Any.of("x"));
    document.map("meta").put("large", Any.of("y".repeat(1_000)));
    document.map("meta").put("last", Any.of("z"));

    assertThat(Updates.splitV1(document.encodeV1(), 100)).hasSize(3);
  }

  @Test
  void whatFitsIsNotCut() {
    Document document = document();
    document.text("body").insert(0, "short");
    UpdateV1 whole = document.encodeV1();

    assertThat(Updates.splitV1(whole, 100)).containsExactly(whole);
  }
}
