package dev.anabranch.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The bytes of one write with gaps of fixed width, so that making a write is one copy and a few
/// digits.
public final class WriteTemplate implements Writes {
  /// Ten characters that stand for the number of the write in the run, decimal, zero-padded.
  public static final String NUMBER = "##########";

  private final byte[] bytes;
  private final List<Slot> slots;
  private final long first;

  private WriteTemplate(byte[] bytes, List<Slot> slots, long first) {
    this.bytes = bytes;
    this.slots = List.copyOf(slots);
    this.first = first;
  }

  /// Fills one gap.
  @FunctionalInterface
  public interface Filler {
    /// Writes the gap's characters from `at` on; `number` is the write's number, `nanos` its
    /// moment.
    void fill(byte[] target, int at, long number, long nanos);
  }

  private record Slot(int at, Filler filler) {}

  /// A template from a whole frame or request that holds [#NUMBER] and [Marker#PLACEHOLDER].
  public static WriteTemplate of(byte[] bytes) {
    return of(bytes, "", (_, _, _, _) -> {});
  }

  /// The same with one more kind of gap, wherever `placeholder` stands.
  public static WriteTemplate of(byte[] bytes, String placeholder, Filler filler) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<Slot> slots = new ArrayList<>();
    addSlots(slots, text, NUMBER, 0, WriteTemplate::putNumber);
    addSlots(
        slots,
        text,
        Marker.PLACEHOLDER,
        1,
        (target, at, _, nanos) -> Marker.putStamp(target, at, nanos));
    if (!placeholder.isEmpty()) {
      addSlots(slots, text, placeholder, 0, filler);
    }
    return new WriteTemplate(bytes.clone(), slots, 0);
  }

  /// The same writes numbered from `number` on, so that a second run on the same server repeats
  /// none.
  public WriteTemplate from(long number) {
    return new WriteTemplate(bytes.clone(), slots, number);
  }

  private static void addSlots(
      List<Slot> slots, String text, String placeholder, int skip, Filler filler) {
    for (int at = text.indexOf(placeholder); at >= 0; at = text.indexOf(placeholder, at + 1)) {
      slots.add(new Slot(at + skip, filler));
    }
  }

  private static void putNumber(byte[] target, int at, long number, long nanos) {
    for (int digit = NUMBER.length() - 1; digit >= 0; digit--) {
      target[at + digit] = (byte) ('0' + number % 10);
      number /= 10;
    }
  }

  @Override
  public ByteBuffer write(long number, long nanos) {
    for (Slot slot : slots) {
      slot.filler().fill(bytes, slot.at(), first + number, nanos);
    }
    return ByteBuffer.wrap(bytes.clone());
  }
}
