package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.store.DocumentWeight;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A document's size is counted where it is written: it is folded from there, and its bound is
/// never passed.
class DocumentSizesTest {
  private static final EntityKey NOTES = DocumentAddress.parse("org:1/notes").orElseThrow();
  private static final int MOST = 1_000_000;

  private final List<EntityKey> folding = new ArrayList<>();
  private final DocumentSizes sizes =
      new DocumentSizes(
          new DocumentLimits(
              MOST,
              MOST,
              64,
              MOST,
              8,
              8,
              MOST,
              100,
              200,
              false,
              MOST,
              4,
              100,
              1_000,
              new Rate(100, 100),
              new Rate(9, 9)));
  private DocumentWeight weight = DocumentWeight.NOTHING;
  private long version;

  @BeforeEach
  void listen() {
    sizes.ask(
        document -> weight,
        document -> {
          folding.add(document);
          sizes.folds(document);
        });
  }

  private Optional<FaultCode> write(int bytes) {
    return write(false, false, bytes);
  }

  private Optional<FaultCode> write(boolean fresh, boolean deletesOnly, int bytes) {
    Optional<Fault> no = sizes.refuses(NOTES, version, fresh, deletesOnly, bytes);
    if (no.isEmpty()) {
      version++;
      sizes.grew(NOTES, version, bytes);
    }
    sizes.forgetUndecided();
    return no.map(Fault::code);
  }

  @Test
  void isFoldedAfterSoManyUpdatesThoughNobodyReadsIt() {
    for (int i = 0; i < 199; i++) {
      assertThat(write(20)).isEmpty();
    }
    assertThat(folding).isEmpty();
    assertThat(write(20)).isEmpty();

    assertThat(folding).containsExactly(NOTES);
  }

  @Test
  void isFoldedAfterSoManyBytes() {
    assertThat(write(400_000)).isEmpty();
    assertThat(folding).isEmpty();
    assertThat(write(200_000)).isEmpty();

    assertThat(folding).containsExactly(NOTES);
  }

  @Test
  void isFoldedOnceAtATime() {
    weight = new DocumentWeight(0, 1_000, 100_000);
    assertThat(write(20)).isEmpty();
    assertThat(write(20)).isEmpty();

    assertThat(folding).hasSize(1);
  }

  @Test
  void anUnknownDocumentIsWeighedBeforeItsFirstUpdateIsTaken() {
    weight = new DocumentWeight(MOST - 10, 0, 0);

    assertThat(write(11)).contains(FaultCode.TOO_LARGE);
    assertThat(write(10)).isEmpty();
  }

  @Test
  void whileADocumentCannotBeWeighedItsWritesArePutOff() {
    sizes.ask(
        document -> {
          throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, "all readers are busy");
        },
        folding::add);
    assertThat(write(20)).contains(FaultCode.UNAVAILABLE);
    listen();

    assertThat(write(20)).isEmpty();
  }

  @Test
  void whatMayNotFitIsPutOffUntilTheDocumentIsFolded() {
    weight = new DocumentWeight(MOST - 100, 1, 90);
    assertThat(write(20)).contains(FaultCode.UNAVAILABLE);
    assertThat(folding).containsExactly(NOTES);
    sizes.folded(NOTES, MOST - 50);

    assertThat(write(20)).isEmpty();
    assertThat(write(40)).contains(FaultCode.UNAVAILABLE);
    sizes.folded(NOTES, MOST - 39);
    assertThat(write(40)).contains(FaultCode.TOO_LARGE);
  }

  @Test
  void theUpdatesOfOneBatchCountTogether() {
    assertThat(sizes.refuses(NOTES, 0, true, false, MOST - 10)).isEmpty();

    assertThat(sizes.refuses(NOTES, 1, false, false, 11)).isPresent();
    assertThat(sizes.refuses(NOTES, 1, false, false, 10)).isEmpty();
  }

  @Test
  void whatCameToNothingDoesNotCount() {
    assertThat(sizes.refuses(NOTES, 0, true, false, MOST)).isEmpty();
    sizes.forgetUndecided();

    assertThat(write(MOST)).isEmpty();
  }

  @Test
  void whatIsAskedTwiceCountsOnce() {
    assertThat(sizes.refuses(NOTES, 0, true, false, MOST)).isEmpty();

    assertThat(sizes.refuses(NOTES, 0, true, false, MOST)).isEmpty();
    assertThat(sizes.refuses(NOTES, 1, false, false, 1)).isPresent();
  }

  @Test
  void aDocumentBegunAnewInACallThatCameToNothingIsAsLargeAsBefore() {
    weight = new DocumentWeight(MOST - 10, 0, 0);
    assertThat(sizes.refuses(NOTES, 5, false, false, 4)).isEmpty();
    // A delete and a merge, rolled back with their call.
    assertThat(sizes.refuses(NOTES, 7, true, false, 20)).isEmpty();

    assertThat(sizes.refuses(NOTES, 6, false, false, 7)).isPresent();
    assertThat(sizes.refuses(NOTES, 6, false, false, 6)).isEmpty();
  }

  @Test
  void aFullDocumentTakesDeletionsAndThenMore() {
    weight = new DocumentWeight(MOST, 0, 0);
    assertThat(write(1)).contains(FaultCode.TOO_LARGE);
    assertThat(write(false, true, 30)).isEmpty();

    assertThat(write(1)).contains(FaultCode.UNAVAILABLE);
    sizes.folded(NOTES, MOST - 500);
    assertThat(write(400)).isEmpty();
  }

  @Test
  void whatCameWhileItWasFoldedStandsBehindTheState() {
    weight = new DocumentWeight(0, 500, 500_000);
    assertThat(write(20)).isEmpty();
    assertThat(write(300_000)).isEmpty();
    sizes.folded(NOTES, 100_000);

    assertThat(write(600_001)).contains(FaultCode.UNAVAILABLE);
    assertThat(write(600_000)).isEmpty();
  }

  @Test
  void aDocumentBegunAnewHasNothingOfTheOneBefore() {
    weight = new DocumentWeight(0, 500, 500_000);
    assertThat(write(20)).isEmpty();
    assertThat(write(true, false, 10)).isEmpty();
    sizes.folded(NOTES, MOST);

    assertThat(write(MOST - 10)).isEmpty();
  }
}
