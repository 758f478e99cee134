package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What must hold for any bytes that are given for an update, and documents to begin with.
final class UpdateTrial {
  private UpdateTrial() {}

  /// One value of each kind.
  static Stream<Any> values() {
    return Stream.of(
        Any.NULL,
        Any.of(-1.5e300),
        Any.of("wörld \"😀\""),
        Any.array(Any.of(true), Any.UNDEFINED, new Any.BigInteger(7), Any.of(new byte[] {1, -1})),
        new Any.Object(Map.of("name", Any.of("é"), "2", Any.array(Any.of(0.1), Any.of(64)))));
  }

  /// An empty document, one with a little of everything, and one that waits for what it lacks.
  static Stream<Document> documents() {
    Document waiting = EditingTrace.document(3);
    Document ahead = EditingTrace.document(4);
    ahead.text("t").insert(0, "before");
    StateVector known = ahead.stateVector();
    ahead.text("t").insert(3, "after");
    ahead.text("t").delete(1, 1);
    waiting.apply(ahead.encodeV1(known), null);
    return Stream.of(EditingTrace.document(2), written(), waiting);
  }

  static Document written() {
    Document document = EditingTrace.document(1);
    SharedText text = document.text("t");
    text.insert(0, "hello wörld 😀");
    text.format(1, 4, Map.of("bold", Any.of(true)));
    text.insertEmbed(3, new Any.Object(Map.of("src", Any.of("x"))), Map.of());
    text.delete(2, 2);
    document.array("a").append(values().toList());
    document.array("a").appendType(NewType.MAP);
    document.map("m").putType("x", NewType.TEXT);
    document.map("m").put("k", Any.array(Any.of("v"), Any.of(true)));
    document.map("m").put("k", Any.of(2));
    document.map("m").putDocument("d", Subdocument.named("guid", true, null));
    document.map("m").remove("x");
    SharedXmlElement element =
        (SharedXmlElement) document.xmlFragment("f").insert(0, NewType.xmlElement("p"));
    element.setAttribute("class", Any.of("c"));
    ((SharedXmlText) element.insert(0, NewType.XML_TEXT)).insert(0, "inner");
    return document;
  }

  /// Applies an update to a document that is watched: refused, it leaves no trace; taken, whoever
  /// hears all that the document says holds the same. What waits is left out of that: an update
  /// that says something else under a known name (a reused client id) is cut where it is written,
  /// as Yjs cuts it, and may then lack less. So is what Yjs itself takes one way or the other.
  static void isAppliedOrRefusedWhole(Update update) {
    Document document = written();
    byte[] before = document.encodeV1().bytes();
    watch(document);
    ApplyResult result;
    try {
      result = document.apply(update, null);
    } catch (MalformedUpdate refused) {
      assertThat(refused).hasMessageMatching("(?s).*\\w{2}.*");
      assertThat(document.encodeV1().bytes()).isEqualTo(before);
      return;
    }
    isShown(document);
    Document ofV1 = heard(document.encodeV1());
    Document ofV2 = heard(document.encodeV2());
    if (result.isComplete() && !isAmbiguous(document)) {
      assertThat(ofV1.snapshot()).isEqualTo(document.snapshot());
      assertThat(ofV2.snapshot()).isEqualTo(document.snapshot());
    }
  }

  /// What is left of some items depends, in Yjs too, on what came before them: of an entry of a map
  /// that has a right neighbour or several units, and of an item between two types, one of which
  /// may be forgotten already. Undo writes such items, though seldom; the identity tests have them.
  private static boolean isAmbiguous(Document document) {
    for (ClientBlocks client : document.store().clients()) {
      for (int i = 0; i < client.size(); i++) {
        if (client.get(i) instanceof Item item
            && (item.key == null
                ? standsBetweenTypes(document, item)
                : item.length > 1 || item.rightOriginClient != null)) {
          return true;
        }
      }
    }
    return false;
  }

  @SuppressWarnings("ReferenceEquality") // types are themselves
  private static boolean standsBetweenTypes(Document document, Item item) {
    return item.originClient != null
        && item.rightOriginClient != null
        && typeOf(document, item.originClient, item.originClock)
            != typeOf(document, item.rightOriginClient, item.rightOriginClock);
  }

  private static @Nullable Parent typeOf(Document document, ClientBlocks client, int clock) {
    ClientBlocks known = document.store().client(client.id);
    return known != null && known.find(clock) instanceof Item item ? item.parent : null;
  }

  private static Document heard(Update everything) {
    Document copy = served();
    copy.apply(everything, null);
    isShown(copy);
    return copy;
  }

  private static void watch(Document document) {
    document.text("t").observeDeep(events -> events.forEach(TypeEvent::delta));
    document.array("a").observeDeep(events -> events.forEach(TypeEvent::delta));
    document.map("m").observeDeep(events -> events.forEach(TypeEvent::keys));
    document.xmlFragment("f").observeDeep(events -> events.forEach(TypeEvent::keys));
  }

  private static void isShown(Document document) {
    assertThat(document.text("t").delta()).isNotNull();
    assertThat(document.text("t").text()).isNotNull();
    assertThat(document.array("a").elements()).isNotNull();
    assertThat(document.map("m").entries()).isNotNull();
    assertThat(document.xmlFragment("f").toString()).isNotNull();
  }

  /// What is looked at first is what is read: one refuses exactly what the other does.
  static void isCheckedAsItIsRead(Update update) {
    Optional<String> checked = refusal(() -> UpdateCheck.run(UpdateFormat.open(update)));
    Optional<String> read =
        refusal(() -> Incoming.read(UpdateFormat.open(update), EditingTrace.document(7).store()));
    assertThat(checked.isPresent()).as("%s, %s", checked, read).isEqualTo(read.isPresent());
  }

  private static Optional<String> refusal(Runnable reading) {
    try {
      reading.run();
      return Optional.empty();
    } catch (MalformedUpdate refused) {
      return Optional.ofNullable(refused.getMessage());
    }
  }

  /// Whatever is done with an update's bytes alone either works or says why not.
  static void meansTheSameInBothFormats(Update update) {
    UpdateV1 plain = plainly(update);
    if (plain != null) {
      assertThat(Updates.toV1(Updates.toV2(plain)).bytes()).isEqualTo(plain.bytes());
      assertThat(Updates.stateVectorOf(plain)).isEqualTo(Updates.stateVectorOf(update));
      Updates.diffV1(plain, Updates.stateVectorOf(plain));
      Updates.splitV1(plain, 64).forEach(Updates::inspect);
      EditingTrace.document(5).snapshot().contains(plain);
    }
  }

  /// The update as this library writes it, or nothing when it is refused.
  private static @Nullable UpdateV1 plainly(Update update) {
    try {
      Updates.inspect(update);
      return switch (update) {
        case UpdateV1 v1 -> Updates.toV1(Updates.toV2(v1));
        case UpdateV2 v2 -> Updates.toV1(Updates.toV2(Updates.toV1(v2)));
      };
    } catch (MalformedUpdate refused) {
      return null;
    }
  }

  /// Two updates that are taken come in either order, and as one.
  static void areOneWhenMerged(UpdateV1 one, UpdateV1 other) {
    Document there;
    Document back;
    try {
      there = applied(List.of(one, other));
      back = applied(List.of(other, one));
    } catch (MalformedUpdate refused) {
      assertThatThrownBy(() -> Updates.mergeV1(List.of(one, other)))
          .isInstanceOf(MalformedUpdate.class);
      return;
    }
    Document merged = applied(List.of(Updates.mergeV1(List.of(one, other))));
    if (areOfDifferentClients(one, other) && !isAmbiguous(there)) {
      assertThat(back.snapshot()).isEqualTo(there.snapshot());
      assertThat(merged.snapshot()).isEqualTo(there.snapshot());
    }
  }

  private static boolean areOfDifferentClients(UpdateV1 one, UpdateV1 other) {
    List<Long> clients = clientsOf(one);
    return clientsOf(other).stream().noneMatch(clients::contains);
  }

  private static List<Long> clientsOf(UpdateV1 update) {
    return Updates.inspect(update).blocks().stream().map(block -> block.id().client()).toList();
  }

  /// As a server has it: an editor's copy takes marks away that are of no use where it sees them,
  /// as Yjs does, and so deletes by itself.
  private static Document served() {
    return Document.create(DocumentOptions.forServing(new Random(6)));
  }

  private static Document applied(List<UpdateV1> updates) {
    Document document = served();
    updates.forEach(update -> document.apply(update, null));
    isShown(document);
    return document;
  }
}
