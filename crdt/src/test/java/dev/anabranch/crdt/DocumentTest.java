package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.crdt.encoding.Any;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DocumentTest {
  private final Document document = EditingTrace.document(1);

  @Test
  void oneTransactionTellsOneUpdate() {
    List<TransactionUpdate<UpdateV1>> told = new ArrayList<>();
    document.onUpdateV1(told::add);

    document.transact(
        "me",
        transaction -> {
          document.text("t").insert(0, "a");
          document.map("m").put("k", Any.of(1));
        });
    document.transact("me", transaction -> {});

    assertThat(told).hasSize(1);
    assertThat(told.getFirst().transaction().origin()).isEqualTo("me");
  }

  @Test
  void aRootThatIsLookedAtUnnamedMayStillBeOfAnyKind() {
    document.xmlFragment("x").insert(0, NewType.xmlElement("p"));
    document.map("m").put("k", Any.of(1));
    Document copy = EditingTrace.document(2);
    copy.apply(document.encodeV1(), null);

    assertThat(copy.unnamed("x").delta()).hasSize(1);
    assertThat(copy.unnamed("m").attributes()).containsOnlyKeys("k");

    assertThat(copy.xmlFragment("x")).hasToString("<p></p>");
    assertThat(copy.map("m").entries()).containsOnlyKeys("k");
  }

  @Test
  void aRootHasOneKind() {
    document.text("t");

    assertThatThrownBy(() -> document.map("t"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("TEXT");
  }

  @Test
  void aRootThatCameInAnUpdateWaitsToBeAskedFor() {
    document.text("t").insert(0, "hello");
    Document other = EditingTrace.document(2);
    other.apply(document.encodeV1(), null);

    assertThat(other.roots()).containsEntry("t", TypeKind.UNKNOWN);
    assertThat(other.text("t").text()).isEqualTo("hello");
  }

  @Test
  void whoSeesItsOwnIdInForeignChangesGoesOnUnderAnother() {
    Document twin = EditingTrace.document(1);
    twin.text("t").insert(0, "twin");

    document.apply(twin.encodeV1(), null);

    assertThat(document.clientId()).isNotEqualTo(1);
  }

  @Test
  void aListenerThatThrowsDoesNotKeepOthersFromHearing() {
    List<Integer> heard = new ArrayList<>();
    document
        .text("t")
        .observe(event -> {
          throw new IllegalStateException("mine");
        });
    document.text("t").observe(event -> heard.add(1));
    document.onUpdateV1(told -> heard.add(2));

    assertThatThrownBy(() -> document.text("t").insert(0, "a")).hasMessage("mine");
    assertThat(heard).containsExactly(1, 2);
  }

  @Test
  void anObserverMayChangeTheDocument() {
    SharedText text = document.text("t");
    List<UpdateV1> told = new ArrayList<>();
    document.onUpdateV1(update -> told.add(update.update()));
    text.observe(event -> {
      if (text.length() < 3) {
        text.insert(text.length(), "x");
      }
    });

    text.insert(0, "a");

    assertThat(text.text()).isEqualTo("axx");
    Document other = EditingTrace.document(2);
    told.forEach(update -> other.apply(update, null));
    assertThat(other.encodeV1()).isEqualTo(document.encodeV1());
  }

  @Test
  void aSnapshotBringsBackWhatWasDeleted() {
    Document keeping = Document.create(new DocumentOptions(1, new Random(1), false, true));
    keeping.text("t").insert(0, "first");
    Snapshot first = keeping.snapshot();
    keeping.text("t").delete(0, 5);
    keeping.text("t").insert(0, "second");

    Document restored = first.restore(keeping, DocumentOptions.forServing(new Random(2)));

    assertThat(restored.text("t").text()).isEqualTo("first");
    assertThat(first.contains(restored.encodeV1())).isTrue();
    assertThat(first.contains(keeping.encodeV1())).isFalse();
  }

  @Test
  void convergedCopiesHaveOneHash() {
    document.text("t").insert(0, "first");
    Document other = EditingTrace.document(2);
    other.apply(document.encodeV1(), null);
    byte[] before = document.snapshot().hash();
    assertThat(other.snapshot().hash()).isEqualTo(before);

    document.text("t").delete(0, 1);
    assertThat(document.snapshot().hash()).isNotEqualTo(before);
    other.apply(document.encodeV2(), null);
    assertThat(other.snapshot().hash()).isEqualTo(document.snapshot().hash());
  }

  @Test
  void undoTakesBackOwnChangesOnly() {
    SharedText text = document.text("t");
    UndoHistory undo =
        UndoHistory.of(List.of(text), UndoOptions.usual(InstantSource.system()).capturing(0));
    text.insert(0, "mine");
    document.transact("other", transaction -> text.insert(4, " theirs"));
    text.delete(0, 2);

    assertThat(undo.undo()).isTrue();
    assertThat(text.text()).isEqualTo("mine theirs");
    assertThat(undo.undo()).isTrue();
    assertThat(text.text()).isEqualTo(" theirs");
    assertThat(undo.redo()).isTrue();
    assertThat(text.text()).isEqualTo("mine theirs");
  }

  @Test
  void aRelativePositionStaysWithItsUnit() {
    SharedText text = document.text("t");
    text.insert(0, "hello world");
    RelativePosition world = RelativePosition.at(text, 6, 0);

    text.insert(0, "oh, ");
    text.delete(4, 2);

    assertThat(world.in(document))
        .hasValueSatisfying(place -> assertThat(place.index()).isEqualTo(8));
  }

  @Test
  void subdocumentsAreToldAndKeepTheirOptions() {
    List<SubdocumentChanges> told = new ArrayList<>();
    document.onSubdocuments(told::add);
    Subdocument part = Subdocument.named("part", true, Any.of("meta"));
    document.map("m").putDocument("part", part);

    Document other = EditingTrace.document(2);
    other.apply(document.encodeV2(), null);

    assertThat(told.getFirst().added()).containsExactly(part);
    assertThat(other.map("m").get("part"))
        .isInstanceOfSatisfying(
            Element.Inner.class,
            inner -> {
              assertThat(inner.document().guid()).isEqualTo("part");
              assertThat(inner.document().isAutoLoaded()).isTrue();
              assertThat(inner.document().meta()).isEqualTo(Any.of("meta"));
              assertThat(
                      inner.document().open(DocumentOptions.forEditing(new Random(3))).clientId())
                  .isEqualTo(2);
              DocumentOptions again = DocumentOptions.forEditing(new Random(4)).withClientId(9);
              assertThat(inner.document().open(again).clientId()).isEqualTo(9);
            });
  }

  @Test
  void inspectionNamesWhatAnUpdateWouldDo() {
    document.text("t").insert(0, "hello");
    document.text("t").delete(0, 1);

    UpdateInspection inspection = Updates.inspect(document.encodeV1());

    assertThat(inspection.changesNothing()).isFalse();
    assertThat(inspection.blocks())
        .extracting(UpdateInspection.BlockView::kind)
        .containsExactly(UpdateInspection.Kind.DELETED, UpdateInspection.Kind.TEXT);
    assertThat(inspection.blocks().getFirst().root()).isEqualTo("t");
    assertThat(inspection.deletes())
        .containsExactly(new UpdateInspection.Range(new BlockId(1, 0), 1));
  }

  @Test
  void marksAndEmbedsStandInTheDelta() {
    SharedText text = document.text("t");
    text.insert(0, "ab");
    text.insertEmbed(1, Any.of("image"), Map.of());
    text.format(0, 1, Map.of("bold", Any.of(true)));

    assertThat(text.delta())
        .containsExactly(
            new DeltaOperation.InsertText("a", Map.of("bold", Any.of(true))),
            new DeltaOperation.InsertElements(
                List.of(new Element.Plain(Any.of("image"))), Map.of()),
            new DeltaOperation.InsertText("b", Map.of()));
  }

  @Test
  void anEmbedThatOnlyFormatV2KnowsIsWrittenInV1AsItsDigits() {
    Document other = Document.create(DocumentOptions.forEditing(new Random(2)));
    other.text("t").insertEmbed(0, Any.array(new Any.BigInteger(7)), Map.of());
    document.apply(other.encodeV2(), null);

    Document copy = Document.create(DocumentOptions.forEditing(new Random(4)));
    copy.apply(document.encodeV1(), null);

    assertThat(copy.text("t").delta())
        .containsExactly(
            new DeltaOperation.InsertElements(
                List.of(new Element.Plain(Any.array(Any.of(7)))), Map.of()));
  }

  @Test
  void whoKnowsASnapshotIsToldNoneOfItsDeletions() {
    SharedText text = document.text("t");
    text.insert(0, "0123456789");
    text.delete(1, 2);
    text.delete(4, 1);
    Document other = Document.create(DocumentOptions.forEditing(new Random(2)));
    other.apply(document.encodeV1(), null);
    text.delete(0, 3);
    other.text("t").insert(7, "x");
    document.apply(other.encodeV1(), null);
    Snapshot known = other.snapshot();
    text.insert(0, "new");

    UpdateV1 news = document.encodeV1(known);

    assertThat(Updates.inspect(news).deletes())
        .containsExactly(
            new UpdateInspection.Range(new BlockId(1, 0), 1),
            new UpdateInspection.Range(new BlockId(1, 3), 2));
    other.apply(news, null);
    assertThat(other.snapshot()).isEqualTo(document.snapshot());
    assertThat(other.text("t").text()).isEqualTo(text.text());
  }
}
