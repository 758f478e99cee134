package dev.anabranch.nostr.reconcile;

import dev.anabranch.nostr.event.EventId;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/// The records of one side in order, made once: 72 bytes each.
///
/// Beside each record stands the sum of all ids before it, so that the fingerprint of any range
/// takes the same short time.
public final class RecordSet {

  private static final int WORDS = 4;

  private final long[] timestamps;
  private final byte[][] ids;
  private final long[] sums;

  private RecordSet(List<Record> sorted) {
    int count = sorted.size();
    this.timestamps = new long[count];
    this.ids = new byte[count][];
    this.sums = new long[(count + 1) * WORDS];
    for (int index = 0; index < count; index++) {
      timestamps[index] = sorted.get(index).createdAtSeconds();
      ids[index] = sorted.get(index).id().bytes();
      addUp(index);
    }
  }

  /// One event, as reconciliation sees it.
  ///
  /// @param createdAtSeconds 0 to 2^53 − 1
  public record Record(long createdAtSeconds, EventId id) implements Comparable<Record> {

    public Record {
      if (createdAtSeconds < 0 || createdAtSeconds == Bound.INFINITY) {
        throw new IllegalArgumentException("created at " + createdAtSeconds);
      }
    }

    @Override
    public int compareTo(Record other) {
      int byTime = Long.compare(createdAtSeconds, other.createdAtSeconds);
      return byTime != 0 ? byTime : id.compareTo(other.id);
    }
  }

  /// A set of these records; one that stands twice counts once.
  public static RecordSet of(Collection<Record> records) {
    return new RecordSet(records.stream().distinct().sorted().toList());
  }

  /// How many.
  public int size() {
    return timestamps.length;
  }

  private void addUp(int index) {
    int from = index * WORDS;
    long carry = 0;
    for (int word = 0; word < WORDS; word++) {
      long before = sums[from + word];
      long added = littleEndian(ids[index], word * 8);
      long sum = before + added;
      long withCarry = sum + carry;
      carry = isLess(sum, before) || isLess(withCarry, sum) ? 1 : 0;
      sums[from + WORDS + word] = withCarry;
    }
  }

  private static boolean isLess(long left, long right) {
    return Long.compareUnsigned(left, right) < 0;
  }

  private static long littleEndian(byte[] bytes, int start) {
    long word = 0;
    for (int index = 7; index >= 0; index--) {
      word = word << 8 | (bytes[start + index] & 0xff);
    }
    return word;
  }

  byte[] fingerprint(int lower, int upper) {
    long[] sum = new long[WORDS];
    long borrow = 0;
    for (int word = 0; word < WORDS; word++) {
      long minuend = sums[upper * WORDS + word];
      long subtrahend = sums[lower * WORDS + word];
      long difference = minuend - subtrahend;
      sum[word] = difference - borrow;
      borrow = isLess(minuend, subtrahend) || isLess(difference, borrow) ? 1 : 0;
    }
    return Fingerprint.of(sum, upper - lower);
  }

  byte[] id(int index) {
    return ids[index];
  }

  EventId eventId(int index) {
    return EventId.of(ids[index]);
  }

  /// The bound of everything before a record, exactly.
  Bound exactly(int index) {
    return new Bound(timestamps[index], ids[index]);
  }

  /// The shortest bound between a record and the one before it.
  Bound before(int index) {
    if (timestamps[index] != timestamps[index - 1]) {
      return new Bound(timestamps[index], new byte[0]);
    }
    int shared = Arrays.mismatch(ids[index - 1], ids[index]);
    return new Bound(timestamps[index], Arrays.copyOf(ids[index], shared + 1));
  }

  /// The first record from an index on that is not below a bound.
  int firstNotBelow(int from, Bound bound) {
    int low = from;
    int high = size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBelow(middle, bound)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean isBelow(int index, Bound bound) {
    return timestamps[index] != bound.timestamp()
        ? timestamps[index] < bound.timestamp()
        : Arrays.compareUnsigned(ids[index], bound.idPrefix()) < 0;
  }
}
