package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.protocol.AwarenessUpdate;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What one session has heard of a document's clients.
class AwarenessBookTest {
  private static final EntityKey NOTES = DocumentAddress.parse("org:1/notes").orElseThrow();
  private static final long CLIENT = 7;
  private final AwarenessBook book = new AwarenessBook(NOTES);

  private Present said(long session, long clock) {
    AwarenessUpdate.Entry entry =
        new AwarenessUpdate.Entry(CLIENT, clock, new Any.Object(Map.of("name", Any.of("ann"))));
    return new Present(
        book.place(CLIENT, session),
        new PrincipalId("ann"),
        AwarenessBook.value(entry).orElseThrow(),
        1_000);
  }

  private Present left(long session) {
    return new Present(book.place(CLIENT, session), new PrincipalId("ann"), null, 0);
  }

  @Test
  void aClientThatLeftIsGone() {
    assertThat(book.hear(List.of(said(1, 1)))).hasSize(1);
    assertThat(book.hear(List.of(left(1)))).hasSize(1).allMatch(AwarenessUpdate.Entry::isGone);

    assertThat(book.all()).isEmpty();
  }

  @Test
  void aClientThatCameBackThroughAnotherSessionIsNotGoneWithTheFirst() {
    book.hear(List.of(said(1, 1)));
    book.hear(List.of(said(2, 2)));

    assertThat(book.hear(List.of(left(1)))).isEmpty();
    assertThat(book.all()).hasSize(1);
    assertThat(book.hear(List.of(left(2)))).hasSize(1);
  }

  @Test
  void anOlderWordIsNoNews() {
    book.hear(List.of(said(2, 5)));

    assertThat(book.hear(List.of(said(1, 4)))).isEmpty();
    assertThat(book.all()).extracting(AwarenessUpdate.Entry::clock).containsExactly(5L);
  }

  private Present forged(String device, String client, String clock) {
    JsonObject value =
        JsonDecoder.stored(
            "{\"client\":%s,\"clock\":%s,\"state\":{\"name\":\"eve\"}}".formatted(client, clock));
    return new Present(
        new Present.Place(NOTES.scope(), NOTES.id().text(), device, 9),
        new PrincipalId("eve"),
        value,
        1_000);
  }

  @Test
  void nobodySpeaksForAClientFromAnotherPlace() {
    assertThat(book.hear(List.of(forged("tablet", "7", "1")))).isEmpty();
    assertThat(book.hear(List.of(forged("yjs-8", "7", "1")))).isEmpty();
    assertThat(book.all()).isEmpty();
  }

  @Test
  void nobodySpeaksForAnotherPrincipalsClientThatIsThere() {
    book.hear(List.of(said(1, 1)));

    assertThat(book.hear(List.of(forged("yjs-7", "7", "9007199254740991")))).isEmpty();
    assertThat(book.hear(List.of(said(1, 2)))).hasSize(1);
  }

  @Test
  void aClientIsHeardAgainAfterSomebodyElseSpokeForItWhileItWasAway() {
    book.hear(List.of(said(1, 1)));
    book.hear(List.of(left(1)));
    assertThat(book.hear(List.of(forged("yjs-7", "7", "9007199254740991")))).hasSize(1);
    book.hear(
        List.of(
            new Present(
                new Present.Place(NOTES.scope(), NOTES.id().text(), "yjs-7", 9),
                new PrincipalId("eve"),
                null,
                0)));

    assertThat(book.hear(List.of(said(2, 2)))).hasSize(1);
  }

  @Test
  void numbersThatEditorsCannotReadAreNoWord() {
    String tooLarge = "9007199254740992";

    assertThat(book.hear(List.of(forged("yjs-" + tooLarge, tooLarge, "1")))).isEmpty();
    assertThat(book.hear(List.of(forged("yjs-7", "7", tooLarge)))).isEmpty();
    assertThat(book.hear(List.of(forged("yjs-7", "7", "9007199254740991")))).hasSize(1);
  }
}
