package dev.anabranch.bench.nostr;

import dev.anabranch.bench.load.Marker;
import dev.anabranch.bench.load.WebSocketText;
import dev.anabranch.bench.load.Writes;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.message.ClientMessage;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Text notes (kind 1) of a thousand authors, signed before anything is measured: about 600 bytes
/// of JSON each, with one tag of another author and one of a topic.
///
/// @param authors whose they are
/// @param notes oldest first, one a second up to now
public record SignedEvents(List<SecretKey> authors, List<Note> notes) {
  /// The kind of the notes.
  public static final int KIND = 1;

  private static final int AUTHORS = 1_000;
  private static final int WORDS = 24;
  private static final int MARK_WORDS = 3;
  private static final long SEED = 30;
  // Odd, so that the authors take turns in no order that an index would like.
  private static final int STRIDE = 619;

  /// Copies what was given.
  public SignedEvents {
    authors = List.copyOf(authors);
    notes = List.copyOf(notes);
  }

  /// One event and the frame that publishes it.
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and there are many
  public record Note(EventId id, byte[] frame) {}

  /// Signs so many, on every processor.
  public static SignedEvents sign(int count) {
    return sign(count, WORDS, "");
  }

  /// Signs so many that a reader counts: each has a mark in place of its last words.
  public static SignedEvents marked(int count) {
    return sign(count, WORDS - MARK_WORDS, Marker.UNTIMED);
  }

  private static SignedEvents sign(int count, int words, String ending) {
    Random random = new Random(SEED);
    List<SecretKey> authors =
        IntStream.range(0, AUTHORS).mapToObj(_ -> SecretKey.generate(random)).toList();
    long now = InstantSource.system().instant().getEpochSecond();
    List<Note> notes =
        IntStream.range(0, count)
            .parallel()
            .mapToObj(index -> note(authors, index, now - count + index, words, ending))
            .toList();
    return new SignedEvents(authors, notes);
  }

  private static Note note(
      List<SecretKey> authors, int index, long createdAtSeconds, int words, String ending) {
    Random random = new Random(SEED + index);
    StringBuilder content = new StringBuilder();
    for (int word = 0; word < words; word++) {
      content.append(Long.toString(random.nextLong(60_466_176L), 36)).append(' ');
    }
    content.append(ending);
    List<Tag> tags =
        List.of(
            Tag.of("p", authors.get(random.nextInt(AUTHORS)).publicKey().hex()),
            Tag.of("t", "topic" + random.nextInt(200)));
    SecretKey author = authors.get((int) ((long) index * STRIDE % AUTHORS));
    Event event =
        new UnsignedEvent(author.publicKey(), createdAtSeconds, KIND, tags, content.toString())
            .sign(author);
    return new Note(event.id(), frame(event));
  }

  /// The frame that publishes an event.
  static byte[] frame(Event event) {
    return WebSocketText.frame(new ClientMessage.Publish(event).json());
  }

  /// How many there are.
  public int size() {
    return notes.size();
  }

  /// The notes from `first` on, each published once.
  public Writes from(int first) {
    return (number, _) -> ByteBuffer.wrap(notes.get(first + Math.toIntExact(number)).frame());
  }

  /// So many authors, others for each `index`.
  public List<PublicKey> someAuthors(int count, int index) {
    Random random = new Random(SEED + index);
    return random
        .ints(0, AUTHORS)
        .distinct()
        .limit(count)
        .mapToObj(each -> authors.get(each).publicKey())
        .toList();
  }
}
