package dev.anabranch.nostr.reconcile;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.text.MalformedText;
import java.util.Arrays;
import java.util.Set;

/// Answers one message range by range; what becomes of lists of ids differs between the sides.
///
/// A message that would grow over the limit ends with one fingerprint of all that is left, so that
/// the peer asks again for it.
abstract class Conversation {

  /// Protocol 1.
  static final int VERSION = 0x61;

  private static final int VERSION_LOWEST = 0x60;
  private static final int VERSION_HIGHEST = 0x6f;

  /// A range is split into so many when its fingerprints differ.
  private static final int BUCKETS = 16;

  /// The longest answer to one range: a list of 31 ids, or 16 fingerprints, with their bounds.
  private static final int RANGE_BYTES_MAX = 1_100;

  /// Room for a skip and the fingerprint that ends a message over its limit.
  private static final int RESERVE_BYTES = 200;

  /// The smallest limit that lets every message tell something.
  static final int BYTES_MIN = 4_096;

  private final RecordSet records;
  private final int bytesMax;
  private Output out = new Output();
  private boolean isSkipping;
  private Bound skippedTo = Bound.START;

  Conversation(RecordSet records, int bytesMax) {
    if (bytesMax != 0 && bytesMax < BYTES_MIN) {
      throw new IllegalArgumentException("messages of at most " + bytesMax + " bytes");
    }
    this.records = records;
    this.bytesMax = bytesMax;
  }

  RecordSet records() {
    return records;
  }

  static boolean isVersion(int version) {
    return version >= VERSION_LOWEST && version <= VERSION_HIGHEST;
  }

  /// The first message of a conversation.
  byte[] opening() {
    begin();
    split(0, records.size(), Bound.END);
    return out.toArray();
  }

  /// The answer to what follows a message's version; only the version byte when there is nothing to
  /// say.
  byte[] answer(Input in) {
    begin();
    int lower = 0;
    while (in.hasMore()) {
      Bound upTo = in.bound();
      int upper = records.firstNotBelow(lower, upTo);
      int told = answerRange(in, lower, upper, upTo);
      if (told < upper || (isFull() && in.hasMore())) {
        endWith(told);
        break;
      }
      lower = upper;
    }
    return out.toArray();
  }

  /// Answers one range; gives the index behind the last record that the answer covers.
  private int answerRange(Input in, int lower, int upper, Bound upTo) {
    long mode = in.number();
    if (mode == Mode.ID_LIST) {
      return list(in.list(), lower, upper, upTo);
    }
    if (mode == Mode.FINGERPRINT) {
      compare(in.bytes(Fingerprint.BYTES), lower, upper, upTo);
    } else if (mode == Mode.SKIP) {
      skip(upTo);
    } else {
      throw new MalformedText("a range of the unknown mode " + mode);
    }
    return upper;
  }

  /// What to do about a peer's ids of a range; gives the index behind the last record told.
  abstract int list(Set<EventId> theirs, int lower, int upper, Bound upTo);

  private void begin() {
    out = new Output();
    out.byteOf(VERSION);
    isSkipping = false;
  }

  /// Has nothing to say of a range.
  void skip(Bound upTo) {
    isSkipping = true;
    skippedTo = upTo;
  }

  private void compare(byte[] theirs, int lower, int upper, Bound upTo) {
    if (Arrays.equals(theirs, records.fingerprint(lower, upper))) {
      skip(upTo);
    } else {
      endSkip();
      split(lower, upper, upTo);
    }
  }

  /// Says what was skipped, before something is said of a later range.
  private void endSkip() {
    if (isSkipping) {
      out.skip(skippedTo);
      isSkipping = false;
    }
  }

  /// Whether another range might not find room.
  private boolean isFull() {
    return bytesMax > 0 && out.size() > bytesMax - RANGE_BYTES_MAX - RESERVE_BYTES;
  }

  /// Tells our ids of a range, as many as find room; gives the index behind the last.
  int tell(Bound upTo, int lower, int upper) {
    endSkip();
    int room =
        bytesMax == 0 ? upper - lower : Math.max(1, (bytesMax - RESERVE_BYTES - out.size()) / 32);
    int to = Math.min(upper, lower + room);
    out.list(to == upper ? upTo : records.exactly(to), records, lower, to);
    return to;
  }

  private void endWith(int lower) {
    endSkip();
    out.fingerprint(Bound.END, records.fingerprint(lower, records.size()));
  }

  private void split(int lower, int upper, Bound upTo) {
    int count = upper - lower;
    if (count < 2 * BUCKETS) {
      out.list(upTo, records, lower, upper);
      return;
    }
    int from = lower;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      int to = from + count / BUCKETS + (bucket < count % BUCKETS ? 1 : 0);
      Bound end = to == upper ? upTo : records.before(to);
      out.fingerprint(end, records.fingerprint(from, to));
      from = to;
    }
  }
}
