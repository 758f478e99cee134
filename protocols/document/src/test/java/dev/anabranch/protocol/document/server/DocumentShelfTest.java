package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Documents;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.kernel.store.DocumentWeight;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Folding takes a bounded share of the server, however many documents are due.
class DocumentShelfTest {
  private final Slow documents = new Slow();
  private final DocumentShelf shelf =
      new DocumentShelf(
          documents,
          new DocumentInspection(
              new DocumentPolicy(DocumentLimits.DEFAULT), DocumentObserver.NONE));

  /// Documents whose foldings end when the test says so.
  private static final class Slow implements Documents {
    private final Map<EntityKey, CompletableFuture<Folding>> begun = new LinkedHashMap<>();

    @Override
    public <T> CompletionStage<Answer<T>> trail(
        Caller caller, EntityKey key, long knownSeq, Function<Optional<DocumentTrail>, T> work) {
      return CompletableFuture.completedFuture(new Answer.Given<>(work.apply(Optional.empty())));
    }

    @Override
    public CompletionStage<Folding> fold(EntityKey key) {
      return begun.computeIfAbsent(key, fresh -> new CompletableFuture<>());
    }

    @Override
    public DocumentWeight weigh(EntityKey key) {
      return DocumentWeight.NOTHING;
    }
  }

  private static EntityKey document(int number) {
    return DocumentAddress.parse("org:1/d" + number).orElseThrow();
  }

  @Test
  void aDocumentThatIsDueWhileMostAreFoldedIsFoldedWhenAskedAgain() {
    for (int i = 0; i < DocumentShelf.FOLDING_MAX; i++) {
      shelf.fold(document(i));
    }
    EntityKey late = document(DocumentShelf.FOLDING_MAX);
    shelf.fold(late);
    assertThat(documents.begun).hasSize(DocumentShelf.FOLDING_MAX).doesNotContainKey(late);

    Objects.requireNonNull(documents.begun.get(document(0))).complete(new Documents.Folding(1, 10));
    shelf.fold(late);

    assertThat(documents.begun).containsKey(late);
  }
}
