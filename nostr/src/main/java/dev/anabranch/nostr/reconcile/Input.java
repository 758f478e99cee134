package dev.anabranch.nostr.reconcile;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.text.MalformedText;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/// Reads a message range by range.
final class Input {

  private static final int ID_BYTES = 32;

  private final byte[] bytes;
  private int position;
  private long lastTimestamp;

  Input(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean hasMore() {
    return position < bytes.length;
  }

  int nextByte() {
    if (position == bytes.length) {
      throw new MalformedText("the message ends in the middle of a value");
    }
    return bytes[position++] & 0xff;
  }

  long number() {
    long number = 0;
    int digit;
    do {
      if (number > Long.MAX_VALUE >> 7) {
        throw new MalformedText("a number exceeds 63 bits");
      }
      digit = nextByte();
      number = number << 7 | (digit & 0x7f);
    } while (digit >= 0x80);
    return number;
  }

  byte[] bytes(int count) {
    if (count > bytes.length - position) {
      throw new MalformedText("the message ends in the middle of a value");
    }
    position += count;
    return Arrays.copyOfRange(bytes, position - count, position);
  }

  Bound bound() {
    long timestamp = timestamp();
    long length = number();
    if (length > ID_BYTES) {
      throw new MalformedText("the bound of a range has " + length + " bytes of an id");
    }
    return new Bound(timestamp, bytes((int) length));
  }

  private long timestamp() {
    long encoded = number();
    if (encoded == 0 || lastTimestamp == Bound.INFINITY) {
      lastTimestamp = Bound.INFINITY;
    } else if (encoded - 1 >= Bound.INFINITY - lastTimestamp) {
      throw new MalformedText("a time exceeds 63 bits");
    } else {
      lastTimestamp += encoded - 1;
    }
    return lastTimestamp;
  }

  Set<EventId> list() {
    long count = number();
    if (count > (bytes.length - position) / ID_BYTES) {
      throw new MalformedText("a list of " + count + " ids exceeds the message");
    }
    Set<EventId> ids = LinkedHashSet.newLinkedHashSet((int) count);
    for (long left = count; left > 0; left--) {
      ids.add(EventId.of(bytes(ID_BYTES)));
    }
    return ids;
  }
}
