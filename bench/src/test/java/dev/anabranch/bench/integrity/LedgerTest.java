package dev.anabranch.bench.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LedgerTest {
  private final Ledger ledger = new Ledger(10, 1);

  private static JsonNode event(long id, long seq, int writer, long number) {
    String text =
        "{\"id\":%d,\"seq\":%d,\"data\":{\"writer\":%d,\"n\":%d}}"
            .formatted(id, seq, writer, number);
    return JsonMapper.shared().readTree(text);
  }

  @Test
  void findsNothingWrongWithEachWritersNumbersInOrder() {
    ledger.take(event(11, 2, 1, 1));
    ledger.take(event(13, 3, 2, 1));
    ledger.take(event(14, 4, 1, 2));

    assertThat(ledger.lost(3)).isZero();
    assertThat(ledger.doubled()).isZero();
    assertThat(ledger.reordered()).isZero();
    assertThat(ledger.cursor()).isEqualTo(14);
  }

  @Test
  void countsAHoleInSeqAsLost() {
    ledger.take(event(11, 2, 1, 1));
    ledger.take(event(13, 4, 1, 2));

    assertThat(ledger.lost(2)).isEqualTo(1);
  }

  @Test
  void countsWhatNeverCameAsLost() {
    ledger.take(event(11, 2, 1, 1));

    assertThat(ledger.lost(3)).isEqualTo(2);
  }

  @Test
  void countsAnEventThatComesAgainAsDoubled() {
    ledger.take(event(11, 2, 1, 1));
    ledger.take(event(11, 2, 1, 1));

    assertThat(ledger.doubled()).isEqualTo(1);
    assertThat(ledger.events()).isEqualTo(1);
  }

  @Test
  void countsAWriteThatBecameTwoEventsAsDoubled() {
    ledger.take(event(11, 2, 1, 1));
    ledger.take(event(12, 3, 1, 1));

    assertThat(ledger.doubled()).isEqualTo(1);
  }

  @Test
  void countsAWritersNumbersOutOfOrderAsReordered() {
    ledger.take(event(11, 2, 1, 2));
    ledger.take(event(12, 3, 1, 1));

    assertThat(ledger.reordered()).isEqualTo(1);
  }

  @Test
  void countsAnIdThatFallsAsReordered() {
    ledger.take(event(12, 2, 1, 1));
    ledger.take(event(11, 3, 1, 2));

    assertThat(ledger.reordered()).isEqualTo(1);
  }
}
