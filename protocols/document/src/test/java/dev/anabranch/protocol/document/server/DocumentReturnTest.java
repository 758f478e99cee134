package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.BlockId;
import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.NewType;
import dev.anabranch.crdt.SharedArray;
import dev.anabranch.crdt.SharedMap;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedXmlElement;
import dev.anabranch.crdt.SharedXmlFragment;
import dev.anabranch.crdt.UpdateInspection;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// From any state of a document to the content of any other.
class DocumentReturnTest {
  private static final List<DocumentRoot> ROOTS =
      List.of(
          new DocumentRoot("body", DocumentRoot.Kind.DELTA),
          new DocumentRoot("meta", DocumentRoot.Kind.MAP),
          new DocumentRoot("list", DocumentRoot.Kind.ARRAY),
          new DocumentRoot("tree", DocumentRoot.Kind.TREE));

  private static Any content(UpdateV1 state) {
    Document document = DocumentCopy.load(state, new Random(3));
    List<Any> values = ROOTS.stream().map(root -> root.value(document)).toList();
    return new Any.Array(values);
  }

  private static void edit(Document document, Random random) {
    SharedText text = document.text("body");
    SharedMap map = document.map("meta");
    SharedArray list = document.array("list");
    SharedXmlFragment tree = document.xmlFragment("tree");
    switch (random.nextInt(9)) {
      case 0, 1 -> text.insert(random.nextInt(text.length() + 1), "w" + random.nextInt(100));
      case 2 -> {
        int at = random.nextInt(text.length() + 1);
        text.delete(at, Math.min(3, text.length() - at));
      }
      case 3 -> {
        int at = random.nextInt(text.length() + 1);
        text.format(
            at,
            Math.min(4, text.length() - at),
            Map.of("bold", random.nextBoolean() ? Any.of(true) : Any.NULL));
      }
      case 4 -> map.put("k" + random.nextInt(3), Any.of(random.nextInt(100)));
      case 5 -> map.remove("k" + random.nextInt(3));
      case 6 -> list.insert(random.nextInt(list.length() + 1), Any.of(random.nextInt(100)));
      case 7 -> {
        if (list.length() > 0) {
          list.delete(random.nextInt(list.length()), 1);
        }
        if (tree.length() > 1) {
          tree.delete(random.nextInt(tree.length()), 1);
        }
      }
      default -> {
        SharedXmlElement node =
            (SharedXmlElement)
                tree.insert(random.nextInt(tree.length() + 1), NewType.xmlElement("paragraph"));
        node.setAttribute("n", Any.of(Integer.toString(random.nextInt(9))));
        ((SharedText) node.insert(0, NewType.XML_TEXT)).insert(0, "p" + random.nextInt(100));
      }
    }
  }

  @Test
  void theContentIsThatOfTheWantedStateWhicheverIsTheEarlier() {
    for (long seed = 0; seed < 500; seed++) {
      goFromStateToState(seed);
    }
  }

  private static void goFromStateToState(long seed) {
    Random random = new Random(seed);
    Document one = Document.create(DocumentOptions.forEditing(random));
    Document other = Document.create(DocumentOptions.forEditing(random));
    List<UpdateV1> states = new ArrayList<>();
    for (int step = 0; step < 30; step++) {
      Document editor = random.nextBoolean() ? one : other;
      edit(editor, random);
      if (random.nextInt(4) == 0) {
        one.apply(other.encodeV1(), null);
        other.apply(one.encodeV1(), null);
      }
      states.add(editor.encodeV1());
    }
    UpdateV1 present = states.get(random.nextInt(states.size()));
    UpdateV1 wanted = states.get(random.nextInt(states.size()));

    Document restored = DocumentCopy.load(present, random);
    restored.apply(DocumentReturn.update(present, wanted, random), null);

    assertThat(content(restored.encodeV1())).as("seed %d", seed).isEqualTo(content(wanted));
  }

  @Test
  void theWayBackSaysWhatIsNewAndNothingOfWhatWasDeletedLongAgo() {
    Random random = new Random(7);
    Document document = Document.create(DocumentOptions.forEditing(random));
    SharedText text = document.text("body");
    text.insert(0, "kept".repeat(1_000));
    for (int i = 0; i < 1_000; i++) {
      text.delete(i, 1);
    }
    UpdateV1 wanted = document.encodeV1();
    text.delete(100, 5);
    text.insert(7, "new");

    UpdateV1 update = DocumentReturn.update(document.encodeV1(), wanted, random);

    assertThat(Updates.inspect(update).deletes())
        .containsExactly(new UpdateInspection.Range(new BlockId(document.clientId(), 4_000), 3));
    document.apply(update, null);
    assertThat(content(document.encodeV1())).isEqualTo(content(wanted));
  }
}
