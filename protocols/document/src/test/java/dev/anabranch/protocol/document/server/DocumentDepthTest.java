package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.NewType;
import dev.anabranch.crdt.SharedMap;
import dev.anabranch.crdt.SharedXmlElement;
import dev.anabranch.crdt.SharedXmlFragment;
import dev.anabranch.crdt.UpdateV1;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A tree is shown as deep as it can be, and refused beyond.
class DocumentDepthTest {
  private final Document document = Document.create(DocumentOptions.forEditing(new Random(6)));

  /// The document as a reader has it.
  private Document copy() {
    UpdateV1 state = document.encodeV1();
    return DocumentCopy.load(state, new Random(7));
  }

  private void nestXml(int depth) {
    document.transact(
        null,
        transaction -> {
          SharedXmlFragment inner = document.xmlFragment("tree");
          for (int i = 1; i < depth; i++) {
            inner = (SharedXmlElement) inner.insert(0, NewType.xmlElement("blockquote"));
          }
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"XML", "TREE"})
  void aTreeIsShownUpToTheBoundAndRefusedBeyond(DocumentRoot.Kind kind) {
    DocumentRoot root = new DocumentRoot("tree", kind);
    nestXml(DocumentDepth.TYPES_MAX);
    assertThat(root.value(copy())).isNotNull();
    nestXml(50_000);

    assertThatThrownBy(() -> root.value(copy()))
        .isInstanceOf(No.class)
        .hasMessageContaining("tree nests more than 128 types");
  }

  @Test
  void mapsInMapsCountToo() {
    document.transact(
        null,
        transaction -> {
          SharedMap inner = document.map("deep");
          for (int i = 0; i < 10_000; i++) {
            inner = (SharedMap) inner.putType("k", NewType.MAP);
          }
        });

    assertThatThrownBy(() -> new DocumentRoot("deep", DocumentRoot.Kind.MAP).value(copy()))
        .isInstanceOf(No.class);
  }
}
