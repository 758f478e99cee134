package dev.anabranch.storage.sql;

import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.mark.Spot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A mark with what its indexes will say of it, as it stands in a row of waiting ones.
///
/// @param tags eight bytes for each
/// @param words separated by blanks, in UTF-8
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record WaitingMark(MarkRow row, @Nullable Long expiresAt, byte[] tags, byte[] words) {

  /// Id, time, tie, author, kind, the time of expiry, the lengths of tags and words.
  private static final int FIXED_BYTES = 5 * Long.BYTES + 3 * Integer.BYTES;

  private static final long NEVER = Long.MAX_VALUE;

  static WaitingMark of(Marked marked) {
    return of(marked.change().id(), marked.mark());
  }

  /// The mark of a change.
  static WaitingMark of(long id, Mark mark) {
    ByteBuffer tags = ByteBuffer.allocate(mark.tags().size() * Long.BYTES);
    mark.tags().forEach(tags::putLong);
    return new WaitingMark(
        new MarkRow(id, mark.spot(), mark.kind(), mark.author()),
        mark.expiresAt(),
        tags.array(),
        String.join(" ", mark.words()).getBytes(StandardCharsets.UTF_8));
  }

  /// Writes some of them behind one another.
  static byte[] encode(List<WaitingMark> marks) {
    int bytes =
        marks.stream().mapToInt(one -> FIXED_BYTES + one.tags.length + one.words.length).sum();
    ByteBuffer out = ByteBuffer.allocate(bytes);
    marks.forEach(one -> one.write(out));
    return out.array();
  }

  private void write(ByteBuffer out) {
    out.putLong(row.id()).putLong(row.spot().time()).putLong(row.spot().tie());
    out.putLong(row.author()).putInt(row.kind()).putLong(expiresAt == null ? NEVER : expiresAt);
    out.putInt(tags.length).put(tags).putInt(words.length).put(words);
  }

  /// Reads what [#encode] wrote.
  static void decode(byte[] marks, Collection<WaitingMark> into) {
    ByteBuffer in = ByteBuffer.wrap(marks);
    while (in.hasRemaining()) {
      into.add(read(in));
    }
  }

  private static WaitingMark read(ByteBuffer in) {
    long id = in.getLong();
    Spot spot = new Spot(in.getLong(), in.getLong());
    long author = in.getLong();
    int kind = in.getInt();
    long expires = in.getLong();
    byte[] tags = bytes(in);
    byte[] words = bytes(in);
    return new WaitingMark(
        new MarkRow(id, spot, kind, author), expires == NEVER ? null : expires, tags, words);
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[in.getInt()];
    in.get(bytes);
    return bytes;
  }

  long id() {
    return row.id();
  }

  /// Whether it refers to one of some things.
  boolean hasTagOf(Set<Long> wanted) {
    for (ByteBuffer left = ByteBuffer.wrap(tags); left.hasRemaining(); ) {
      if (wanted.contains(left.getLong())) {
        return true;
      }
    }
    return false;
  }

  boolean hasWords(Collection<String> wanted) {
    String text = " " + text() + " ";
    return wanted.stream().allMatch(word -> text.contains(" " + word + " "));
  }

  /// Its words, separated by blanks.
  String text() {
    return new String(words, StandardCharsets.UTF_8);
  }
}
