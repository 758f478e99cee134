package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.store.StoreFailure;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A proof as its column holds it: runs of lower-case hexadecimal digits take half their bytes
/// (decision 0093). What comes out is what went in, byte for byte (K7).
///
/// Packed is what begins with [#MARK]: then by turns how many bytes follow as they are, these
/// bytes, how many bytes of digits follow, these bytes, to the end. Anything else is the proof
/// itself: so are those of earlier versions, all of which are text, which never begins with that
/// byte. Counts have seven bits a byte, the least first, the highest bit says that more follow.
public final class StoredProof {

  private static final byte MARK = (byte) 0xff;

  /// The shortest run that is packed: what it saves is more than the two counts that it costs.
  private static final int DIGITS_MIN = 16;

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /// What the counts behind the last run may take, and the mark.
  private static final int ENDS_BYTES_MAX = 6;

  private static final int COUNT_BITS = 7;
  private static final int COUNT_MORE = 1 << COUNT_BITS;

  private StoredProof() {}

  /// What the column holds of a proof.
  public static byte[] pack(Bytes proof) {
    byte[] plain = proof.toArray();
    int from = nextRun(plain, 0);
    if (from == plain.length && !isMarked(plain)) {
      return plain;
    }
    ByteBuffer packed = ByteBuffer.allocate(plain.length + ENDS_BYTES_MAX).put(MARK);
    int done = 0;
    while (from < plain.length) {
      int pairs = (endOfRun(plain, from) - from) / 2;
      putPlain(packed, plain, done, from);
      putCount(packed, pairs);
      for (int pair = 0; pair < pairs; pair++) {
        packed.put((byte) (digit(plain[from++]) << 4 | digit(plain[from++])));
      }
      done = from;
      from = nextRun(plain, from);
    }
    putPlain(packed, plain, done, plain.length);
    byte[] bytes = new byte[packed.flip().remaining()];
    packed.get(bytes);
    return bytes;
  }

  /// The same, or null for nothing.
  public static byte @Nullable [] packOrNull(@Nullable Bytes proof) {
    return proof == null ? null : pack(proof);
  }

  /// Where the next run that is worth it begins; the length when there is none.
  private static int nextRun(byte[] plain, int from) {
    int at = from;
    while (at < plain.length) {
      int end = endOfRun(plain, at);
      if (end - at >= DIGITS_MIN) {
        return at;
      }
      at = end + 1;
    }
    return plain.length;
  }

  private static int endOfRun(byte[] plain, int from) {
    int end = from;
    while (end < plain.length && digit(plain[end]) >= 0) {
      end++;
    }
    return end;
  }

  private static int digit(byte one) {
    if (one >= '0' && one <= '9') {
      return one - '0';
    }
    return one >= 'a' && one <= 'f' ? one - 'a' + 10 : -1;
  }

  private static void putPlain(ByteBuffer packed, byte[] plain, int from, int to) {
    putCount(packed, to - from);
    packed.put(plain, from, to - from);
  }

  private static void putCount(ByteBuffer packed, int count) {
    int left = count;
    while (left >= COUNT_MORE) {
      packed.put((byte) (left | COUNT_MORE));
      left >>>= COUNT_BITS;
    }
    packed.put((byte) left);
  }

  /// The proof that a column holds.
  ///
  /// @param row names the row, should it be damaged, in a [StoreFailure]
  public static Bytes unpack(byte[] stored, Supplier<String> row) {
    if (!isMarked(stored)) {
      return Bytes.of(stored);
    }
    try {
      return unpacked(ByteBuffer.wrap(stored, 1, stored.length - 1));
    } catch (BufferUnderflowException | IllegalArgumentException damaged) {
      throw new StoreFailure(
          StoreFailure.Kind.CORRUPT,
          "the proof of " + row.get() + " cannot be read; restore a backup",
          damaged);
    }
  }

  private static boolean isMarked(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == MARK;
  }

  private static Bytes unpacked(ByteBuffer packed) {
    byte[] plain = new byte[2 * packed.remaining()];
    int length = 0;
    while (packed.hasRemaining()) {
      int bytes = count(packed);
      packed.get(plain, length, bytes);
      length += bytes;
      int pairs = packed.hasRemaining() ? count(packed) : 0;
      for (int pair = 0; pair < pairs; pair++) {
        byte both = packed.get();
        plain[length++] = DIGITS[both >> 4 & 0xf];
        plain[length++] = DIGITS[both & 0xf];
      }
    }
    return Bytes.of(Arrays.copyOf(plain, length));
  }

  /// How many bytes follow, which are there.
  private static int count(ByteBuffer packed) {
    int count = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += COUNT_BITS) {
      int next = packed.get();
      count |= (next & COUNT_MORE - 1) << shift;
      if ((next & COUNT_MORE) == 0) {
        if (count < 0 || count > packed.remaining()) {
          break;
        }
        return count;
      }
    }
    throw new IllegalArgumentException("a count that is none at " + packed.position());
  }
}
