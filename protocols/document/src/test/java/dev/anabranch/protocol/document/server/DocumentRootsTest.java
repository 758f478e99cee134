package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.NewType;
import dev.anabranch.crdt.encoding.Any;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Of what kind a root is may have to be seen in what it holds; the document is shown afterwards,
/// and is not loaded a second time for that.
class DocumentRootsTest {
  private final Random random = new Random(46);

  private Document copy() {
    Document document = Document.create(DocumentOptions.forServing(random));
    document.text("text").insert(0, "abc");
    document.map("map").put("k", Any.of(1));
    document.array("array").insert(0, List.of(Any.of(2)));
    document.xmlFragment("xml").insert(0, NewType.xmlElement("p"));
    return DocumentCopy.load(document.encodeV1(), random);
  }

  @Test
  void theDocumentThatWasLookedAtIsShown() {
    Document copy = copy();

    DocumentRoots roots = DocumentRoots.of(List.of(), Map.of(), copy);

    assertThat(roots.asked())
        .containsExactlyInAnyOrder(
            new DocumentRoot("text", DocumentRoot.Kind.TEXT),
            new DocumentRoot("map", DocumentRoot.Kind.MAP),
            new DocumentRoot("array", DocumentRoot.Kind.ARRAY),
            new DocumentRoot("xml", DocumentRoot.Kind.XML));
    assertThat(roots.asked().stream().map(root -> root.value(copy).toString()))
        .hasSize(4)
        .anyMatch(shown -> shown.contains("<p></p>"))
        .anyMatch(shown -> shown.contains("abc"));
  }
}
