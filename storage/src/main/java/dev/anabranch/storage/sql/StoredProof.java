package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A proof as its column holds it, mostly smaller (decisions 0093, 0095). What comes out is what
/// went in, byte for byte, whatever that is (K7).
///
/// Packed is what begins with [#MARK]; anything else is the proof itself. So are the proofs of
/// earlier versions: all are text, which never begins with that byte. Behind the mark stands the
/// length of the proof, then by turns:
///
/// - [#PLAIN] and a byte: that byte, where it is below [#CODES],
/// - [#RUN], a number and so many bytes: lower-case hexadecimal digits, two from each byte,
/// - [#NAME]: the name of the row that it stands in (decision 0095), a run of such digits itself,
/// - another byte below [#CODES]: one of [#PHRASES],
/// - any other byte: itself.
///
/// Numbers have seven bits a byte, the least first; the highest bit says that more follow.
public final class StoredProof {

  private static final Logger LOG = LoggerFactory.getLogger(StoredProof.class);
  private static final Bytes LOST = Bytes.of(new byte[0]);
  private static final byte MARK = (byte) 0xff;
  private static final int PLAIN = 0;
  private static final int RUN = 1;
  private static final int PHRASE = 2;
  private static final int NAME = 0x1f;
  private static final int CODES = 0x20;

  /// What signed originals say again and again; a longer one comes before its own beginning. Rows
  /// name them by their places: these stay as they are, and more may come behind, up to [#NAME].
  private static final List<byte[]> PHRASES =
      List.of(
          utf8("\",\"id\":\""),
          utf8("\",\"pubkey\":\""),
          utf8("\",\"created_at\":"),
          utf8("\",\"kind\":"),
          utf8("\",\"tags\":["),
          utf8("\",\"content\":\""),
          utf8("\",\"sig\":\""),
          utf8("\",\"wss://"),
          utf8("\",\"\",\""),
          utf8("\",\"reply\"],"),
          utf8("\",\""),
          utf8("\"id\":\""),
          utf8("\"pubkey\":\""),
          utf8("\"created_at\":"),
          utf8("\"kind\":"),
          utf8("\"tags\":["),
          utf8("\"content\":\""),
          utf8("\"sig\":\""),
          utf8("\"],[\""),
          utf8("\"]],"),
          utf8("\"]"),
          utf8("\","));

  private static final int PHRASE_BYTES_MAX =
      PHRASES.stream().mapToInt(phrase -> phrase.length).max().orElse(0);

  /// The mark and the length of the proof.
  static final int HEAD_BYTES_MAX = 6;

  /// The shortest run that is packed: what it saves is more than what it costs.
  private static final int DIGITS_MIN = 8;

  private static final byte[] DIGITS = utf8("0123456789abcdef");
  private static final byte[] VALUES = values();

  private StoredProof() {}

  /// What each byte is worth as a digit; -1 = it is none.
  private static byte[] values() {
    byte[] values = new byte[1 << Byte.SIZE];
    Arrays.fill(values, (byte) -1);
    for (int value = 0; value < DIGITS.length; value++) {
      values[DIGITS[value]] = (byte) value;
    }
    return values;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// What the column holds of a proof.
  ///
  /// @param name the entity of its row; empty = the row does not say
  public static byte[] pack(Bytes proof, String name) {
    byte[] plain = proof.toArray();
    byte[] packed = new Packing(plain, utf8(OwnName.isName(name) ? name : "")).run();
    return packed.length < plain.length || isMarked(plain) ? packed : plain;
  }

  /// The same of a change, or null when it has none.
  public static byte @Nullable [] of(Change change) {
    Bytes proof = change.proof();
    return proof == null ? null : pack(proof, change.entity().id().text());
  }

  /// The proof that a column holds; empty when it is damaged, for that is no reason to keep its
  /// change from anybody, nor its neighbours.
  ///
  /// @param name the entity of its row; empty = the row does not say
  /// @param row tells which row it is, should it be damaged, in the server's log
  public static Bytes unpack(byte[] stored, String name, Supplier<String> row) {
    if (!isMarked(stored)) {
      return Bytes.of(stored);
    }
    try {
      return Bytes.of(new Unpacking(stored, utf8(name)).run());
    } catch (IndexOutOfBoundsException | IllegalArgumentException damaged) {
      LOG.error(
          "the proof of {} cannot be read ({}); a backup may still have it",
          row.get(),
          damaged.getMessage());
      return LOST;
    }
  }

  /// How many bytes the proof has that a column holds.
  ///
  /// @param beginning the column's first bytes, [#HEAD_BYTES_MAX] where there are so many
  /// @param stored how many it has
  static long size(byte[] beginning, long stored) {
    if (!isMarked(beginning)) {
      return stored;
    }
    try {
      return new Unpacking(beginning, new byte[0]).number(Integer.MAX_VALUE);
    } catch (IndexOutOfBoundsException | IllegalArgumentException damaged) {
      return stored;
    }
  }

  private static boolean isMarked(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == MARK;
  }

  /// A proof on its way in.
  private static final class Packing {

    private final byte[] plain;
    private final byte[] name;
    private final byte[] packed;
    private int from;
    private int to;

    // Besides the mark and the length each byte takes two at most.
    Packing(byte[] plain, byte[] name) {
      this.plain = plain;
      this.name = name;
      this.packed = new byte[2 * plain.length + HEAD_BYTES_MAX];
    }

    byte[] run() {
      packed[to++] = MARK;
      number(plain.length);
      while (from < plain.length) {
        if (!isRun() && !isPhrase()) {
          byte one = plain[from++];
          if (one >= 0 && one < CODES) {
            packed[to++] = PLAIN;
          }
          packed[to++] = one;
        }
      }
      return Arrays.copyOf(packed, to);
    }

    private boolean isRun() {
      int end = from;
      while (end < plain.length && digit(plain[end]) >= 0) {
        end++;
      }
      if (end - from < DIGITS_MIN) {
        return false;
      }
      if (Arrays.equals(plain, from, end, name, 0, name.length)) {
        packed[to++] = NAME;
        from = end;
        return true;
      }
      int pairs = (end - from) / 2;
      packed[to++] = RUN;
      number(pairs);
      for (int pair = 0; pair < pairs; pair++) {
        packed[to++] = (byte) ((digit(plain[from++]) << 4) | digit(plain[from++]));
      }
      return true;
    }

    private static int digit(byte one) {
      return VALUES[one & 0xff];
    }

    private boolean isPhrase() {
      if (plain[from] != '"') {
        return false; // none begins with anything else
      }
      for (int place = 0; place < PHRASES.size(); place++) {
        byte[] phrase = PHRASES.get(place);
        int end = Math.min(plain.length, from + phrase.length);
        if (Arrays.equals(plain, from, end, phrase, 0, phrase.length)) {
          packed[to++] = (byte) (PHRASE + place);
          from = end;
          return true;
        }
      }
      return false;
    }

    private void number(int number) {
      int left = number;
      while (left > Byte.MAX_VALUE) {
        packed[to++] = (byte) ((left & Byte.MAX_VALUE) | Byte.MIN_VALUE);
        left >>>= Byte.SIZE - 1;
      }
      packed[to++] = (byte) left;
    }
  }

  /// A proof on its way out. A damaged one ends at an index that is out of bounds, or says so.
  private static final class Unpacking {

    private final byte[] packed;
    private final byte[] name;
    private int from = 1;
    private int to;

    Unpacking(byte[] packed, byte[] name) {
      this.packed = packed;
      this.name = name;
    }

    byte[] run() {
      long bytesMax = (long) Math.max(PHRASE_BYTES_MAX, name.length) * packed.length;
      byte[] plain = new byte[number(bytesMax)];
      while (from < packed.length) {
        byte one = packed[from++];
        if (one < 0 || one >= CODES) {
          plain[to++] = one;
        } else if (one == PLAIN) {
          plain[to++] = packed[from++];
        } else if (one == RUN) {
          digits(plain);
        } else {
          byte[] phrase = one == NAME ? name : PHRASES.get(one - PHRASE);
          System.arraycopy(phrase, 0, plain, to, phrase.length);
          to += phrase.length;
        }
      }
      if (to < plain.length) {
        throw new IllegalArgumentException(to + " bytes instead of " + plain.length);
      }
      return plain;
    }

    private void digits(byte[] plain) {
      int end = number(packed.length) + from;
      while (from < end) {
        byte both = packed[from++];
        plain[to++] = DIGITS[both >> 4 & 0xf];
        plain[to++] = DIGITS[both & 0xf];
      }
    }

    private int number(long max) {
      long number = 0;
      int shift = 0;
      byte next;
      do {
        next = packed[from++];
        number |= (long) (next & Byte.MAX_VALUE) << shift;
        shift += Byte.SIZE - 1;
      } while (next < 0 && shift < Integer.SIZE);
      if (number > max) {
        throw new IllegalArgumentException("the number " + number + " before " + from);
      }
      return (int) number;
    }
  }
}
