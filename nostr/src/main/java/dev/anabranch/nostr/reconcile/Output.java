package dev.anabranch.nostr.reconcile;

import java.io.ByteArrayOutputStream;

/// The bytes of a message under way.
final class Output {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long lastTimestamp;

  int size() {
    return bytes.size();
  }

  byte[] toArray() {
    return bytes.toByteArray();
  }

  void byteOf(int value) {
    bytes.write(value);
  }

  void bytes(byte[] more) {
    bytes.write(more, 0, more.length);
  }

  /// A varint: base 128, the highest digit first.
  void number(long value) {
    int shift = 7 * ((63 - Long.numberOfLeadingZeros(value | 1)) / 7);
    for (; shift > 0; shift -= 7) {
      bytes.write(((int) (value >>> shift) & 0x7f) | 0x80);
    }
    bytes.write((int) value & 0x7f);
  }

  void bound(Bound bound) {
    if (bound.timestamp() == Bound.INFINITY) {
      number(0);
    } else {
      number(1 + bound.timestamp() - lastTimestamp);
      lastTimestamp = bound.timestamp();
    }
    number(bound.idPrefix().length);
    bytes(bound.idPrefix());
  }

  void skip(Bound upTo) {
    bound(upTo);
    number(Mode.SKIP);
  }

  void fingerprint(Bound upTo, byte[] fingerprint) {
    bound(upTo);
    number(Mode.FINGERPRINT);
    bytes(fingerprint);
  }

  void list(Bound upTo, RecordSet records, int lower, int upper) {
    bound(upTo);
    number(Mode.ID_LIST);
    number((long) upper - lower);
    for (int index = lower; index < upper; index++) {
      bytes(records.id(index));
    }
  }
}
