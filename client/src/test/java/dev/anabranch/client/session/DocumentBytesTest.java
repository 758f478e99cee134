package dev.anabranch.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.kernel.log.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What a session works out of updates.
final class DocumentBytesTest {

  private final List<Bytes> edits = new ArrayList<>();

  DocumentBytesTest() {
    Document document = Document.create(DocumentOptions.forEditing(new Random(1)));
    var unused = document.onUpdateV1(made -> edits.add(Bytes.of(made.update().bytes())));
    for (String word : List.of("one ", "two ", "three")) {
      document.transact(
          null, transaction -> document.text("body").insert(document.text("body").length(), word));
    }
  }

  private static String text(List<Bytes> updates) {
    Document document = Document.create(DocumentOptions.forServing(new Random(2)));
    updates.forEach(update -> document.apply(DocumentBytes.update(update), null));
    return document.text("body").text();
  }

  private static Bytes lacking(Bytes theirs, Bytes ours) {
    return DocumentBytes.lacking(theirs, ours, new Random(3)).orElseThrow();
  }

  @Test
  void whatAnotherStateLacksMakesItWhole() {
    Bytes whole = DocumentBytes.merged(edits);

    assertThat(text(List.of(edits.getFirst(), lacking(edits.getFirst(), whole))))
        .isEqualTo("one two three");
    assertThat(DocumentBytes.lacking(whole, edits.getFirst(), new Random(3))).isEmpty();
  }

  /// Found by the laws of documents: a server that was put back had lost the edit on which another
  /// one stood, and that one was then lost by whoever held it.
  @Test
  void whatWaitsForALostEditIsLackingToo() {
    Bytes waiting = lacking(edits.getFirst(), edits.getLast());

    assertThat(text(List.of(edits.getFirst(), waiting))).isEqualTo("one ");
    assertThat(text(List.of(edits.getFirst(), waiting, edits.get(1)))).isEqualTo("one two three");
    assertThat(
            DocumentBytes.lacking(
                DocumentBytes.merged(List.of(edits.getFirst(), waiting)),
                edits.getLast(),
                new Random(3)))
        .isEmpty();
  }
}
