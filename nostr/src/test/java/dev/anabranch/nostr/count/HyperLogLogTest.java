package dev.anabranch.nostr.count;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.MalformedText;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HyperLogLogTest {
  private static final String HEX = "0".repeat(32) + "c" + "0".repeat(31);

  @Test
  void theOffsetComesFromTheFirstValueOfTheFirstTag() {
    assertThat(offset(Filter.ANY.withTag('e', Set.of(HEX)).withTag('a', Set.of("x")))).hasValue(20);
    assertThat(offset(Filter.ANY.withTag('a', Set.of("30023:" + HEX + ":d")))).hasValue(20);
    // SHA-256 of "abc" is ba7816bf 8f01cfea 414140de 5dae2223 b…
    assertThat(offset(Filter.ANY.withTag('t', Set.of("abc")))).hasValue(8 + 0xb);
    assertThat(offset(Filter.ANY.withKinds(Set.of(1)))).isEmpty();
    assertThat(offset(Filter.ANY.withTag('t', Set.of()))).isEmpty();
    assertThat(HyperLogLog.offset(List.of(Filter.ANY, Filter.ANY))).isEmpty();
  }

  @Test
  void aRegisterHoldsTheLongestRunOfZerosAndOne() {
    HyperLogLog count = HyperLogLog.empty(8);
    count.add(new PublicKey("00".repeat(8) + "05" + "01" + "00".repeat(22)));
    count.add(new PublicKey("00".repeat(8) + "05" + "80" + "00".repeat(22)));

    assertThat(count.hex()).isEqualTo("00".repeat(5) + "08" + "00".repeat(250));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 100, 1_000, 20_000})
  void estimatesWithinAFewPercentAlsoAfterAMerge(int authors) {
    Random random = new Random(42);
    HyperLogLog left = HyperLogLog.empty(8);
    HyperLogLog right = HyperLogLog.empty(8);
    for (int index = 0; index < authors; index++) {
      byte[] key = new byte[32];
      random.nextBytes(key);
      (index % 3 == 0 ? left : right).add(PublicKey.of(key));
      left.add(PublicKey.of(key));
    }
    left.merge(HyperLogLog.parse(right.hex(), 8));

    assertThat((double) left.estimate()).isCloseTo(authors, within(authors * 0.2 + 0.5));
  }

  @Test
  void refusesRegistersThatAreNone() {
    assertThatThrownBy(() -> HyperLogLog.parse("00", 8)).isInstanceOf(MalformedText.class);
    assertThatThrownBy(() -> HyperLogLog.parse("42" + "00".repeat(255), 8))
        .isInstanceOf(MalformedText.class);
    assertThat(HyperLogLog.parse("41" + "00".repeat(255), 8).hex()).startsWith("4100");
  }

  @Test
  void countsOfDifferentFiltersAreNotMerged() {
    HyperLogLog count = HyperLogLog.empty(8);

    assertThatThrownBy(() -> count.merge(HyperLogLog.empty(9)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static OptionalInt offset(Filter filter) {
    return HyperLogLog.offset(List.of(filter));
  }
}
