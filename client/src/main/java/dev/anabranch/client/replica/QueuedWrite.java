package dev.anabranch.client.replica;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.Utf8;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A write of this device that stands in the queue, on disk, until its change is part of what the
/// server told.
///
/// @param number its place in this device's order, given once, never again to another
/// @param key makes a retry harmless (K2); chosen before the write is shown to anybody
/// @param draft what is to be written
/// @param seen the fields that the user saw when writing, kept for a merge if the server finds a
///   conflict; null when the entity was not there, or no version is expected
/// @param acceptedId the id of the change it became, once the server said so; 0 = no answer yet
/// @param decided whether this write, or a later one of this device in the scope, has come back as
///   a change: then what the server told contains what came of this one, though its answer may
///   still be under way
public record QueuedWrite(
    long number,
    WriteKey key,
    Draft draft,
    @Nullable JsonObject seen,
    long acceptedId,
    boolean decided) {

  private static final int ENVELOPE_BYTES = 200;
  private static final int ENVELOPE_VALUES = 24;

  public QueuedWrite {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(draft, "draft");
    if (number < 0 || acceptedId < 0) {
      throw new IllegalArgumentException("number " + number + ", accepted id " + acceptedId);
    }
  }

  /// A write that has no place yet: the queue gives it one.
  public static QueuedWrite fresh(WriteKey key, Draft draft, @Nullable JsonObject seen) {
    return new QueuedWrite(0, key, draft, seen, 0, false);
  }

  /// This write at its place.
  public QueuedWrite numbered(long place) {
    return new QueuedWrite(place, key, draft, seen, acceptedId, decided);
  }

  /// This write, with the change that the server made of it.
  public QueuedWrite accepted(long changeId) {
    return new QueuedWrite(number, key, draft, seen, changeId, decided);
  }

  /// This write, which or behind which a later one has come back.
  public QueuedWrite decidedUnanswered() {
    return new QueuedWrite(number, key, draft, seen, acceptedId, true);
  }

  /// This merge, with more in it.
  public QueuedWrite holding(Bytes update) {
    return new QueuedWrite(number, key, Draft.merge(entity(), update), seen, acceptedId, decided);
  }

  /// What it changes.
  public EntityKey entity() {
    return draft.entity();
  }

  /// Where.
  public ScopeName scope() {
    return draft.entity().scope();
  }

  /// Whether the server has answered; only the change's arrival is still missing.
  public boolean isAccepted() {
    return acceptedId > 0;
  }

  /// About how many bytes it takes in a frame.
  public int approximateBytes() {
    JsonObject data = draft.data();
    Bytes body = draft.body();
    return ENVELOPE_BYTES
        + key.text().length()
        + Utf8.length(draft.entity().id().text())
        + (data == null ? 0 : Utf8.length(data.text()))
        + (body == null ? 0 : body.size() / 3 * 4 + 4);
  }

  /// About how many JSON values and field names it is in a frame.
  public int approximateValues() {
    JsonObject data = draft.data();
    return ENVELOPE_VALUES + (data == null ? 0 : JsonMeasure.of(data).values());
  }
}
