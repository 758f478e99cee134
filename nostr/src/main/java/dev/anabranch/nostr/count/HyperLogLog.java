package dev.anabranch.nostr.count;

import dev.anabranch.nostr.event.Address;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Digest;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.OptionalInt;

/// How many different authors wrote, within about 6 %, in 256 registers that can be merged over
/// relays (NIP-45).
///
/// Not for many threads.
public final class HyperLogLog {

  /// How many registers; each is one byte.
  public static final int REGISTERS = 256;

  /// The correction of the harmonic mean for 256 registers.
  private static final double ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

  /// The most that a register holds: the 64 bits behind its byte are all zero, and one.
  private static final int REGISTER_MAX = 65;

  private final byte[] registers;
  private final int offset;

  private HyperLogLog(byte[] registers, int offset) {
    this.registers = registers;
    this.offset = offset;
  }

  /// An empty count of what a filter with this offset matches.
  ///
  /// @param offset 8–23, from [#offset]
  public static HyperLogLog empty(int offset) {
    if (offset < 8 || offset > 23) {
      throw new IllegalArgumentException("offset " + offset);
    }
    return new HyperLogLog(new byte[REGISTERS], offset);
  }

  /// The count that a relay told for a filter with this offset.
  ///
  /// @throws MalformedText when it is not 512 lowercase hexadecimal digits, or a register holds
  ///   more than any key gives it
  public static HyperLogLog parse(String hex, int offset) {
    if (!Hex.isLower(hex, 2 * REGISTERS)) {
      throw new MalformedText("hll has 512 lowercase hexadecimal digits");
    }
    byte[] registers = Hex.bytes(hex);
    for (byte register : registers) {
      if ((register & 0xff) > REGISTER_MAX) {
        throw new MalformedText("hll has a register above " + REGISTER_MAX);
      }
    }
    HyperLogLog count = empty(offset);
    count.merge(new HyperLogLog(registers, offset));
    return count;
  }

  /// Where in an author's key the count looks for what some filters match; nothing when they have
  /// no such count: it takes one filter that asks for a tag's value.
  public static OptionalInt offset(Collection<Filter> filters) {
    return filters.size() != 1
        ? OptionalInt.empty()
        : filters.iterator().next().tags().values().stream()
            .limit(1)
            .flatMap(values -> values.stream().limit(1))
            .mapToInt(HyperLogLog::offset)
            .findFirst();
  }

  private static int offset(String value) {
    return 8 + Character.digit(digits(value).charAt(32), 16);
  }

  private static String digits(String value) {
    if (Hex.isLower(value, 64)) {
      return value;
    }
    return Address.parse(value)
        .map(address -> address.author().hex())
        .orElseGet(() -> Hex.of(Digest.sha256(value.getBytes(StandardCharsets.UTF_8))));
  }

  /// Counts an author; again is once.
  public void add(PublicKey author) {
    ByteBuffer key = ByteBuffer.wrap(author.bytes());
    int register = key.get(offset) & 0xff;
    int zeros = Long.numberOfLeadingZeros(key.getLong(offset + 1));
    registers[register] = (byte) Math.max(registers[register] & 0xff, zeros + 1);
  }

  /// Takes in what another relay counted for the same filter.
  ///
  /// @throws IllegalArgumentException when it looks elsewhere in the keys, so for another filter
  public void merge(HyperLogLog other) {
    if (other.offset != offset) {
      throw new IllegalArgumentException("offset " + other.offset + " into " + offset);
    }
    for (int index = 0; index < REGISTERS; index++) {
      registers[index] = (byte) Math.max(registers[index] & 0xff, other.registers[index] & 0xff);
    }
  }

  /// The registers as they stand in `COUNT`.
  public String hex() {
    return Hex.of(registers);
  }

  /// About how many different authors were counted.
  public long estimate() {
    double sum = 0;
    int empty = 0;
    for (byte register : registers) {
      sum += Math.scalb(1.0, -(register & 0xff));
      empty += register == 0 ? 1 : 0;
    }
    double estimate = ALPHA * REGISTERS * REGISTERS / sum;
    boolean isSmall = estimate <= 2.5 * REGISTERS && empty > 0;
    return Math.round(isSmall ? REGISTERS * Math.log((double) REGISTERS / empty) : estimate);
  }
}
