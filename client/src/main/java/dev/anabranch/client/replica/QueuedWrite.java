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
/// @param number its place in this device's order, given once; what a conflict rule makes of it
///   takes the same place, under another key
/// @param key makes a retry harmless (K2); chosen before the write is shown to anybody
/// @param draft what is to be written
/// @param seen the fields that the user saw when writing, kept for a merge if there is a conflict;
///   null when the entity was not there, or no version is expected
/// @param restsOn the place of the write of this device that the user saw last in the entity: which
///   version that one comes to is known when it is this one's turn, and what the draft expects is
///   nothing but a guess until then. 0 = what the draft expects counts
/// @param acceptedId the id of the change it became, once the server said so; 0 = no answer yet
/// @param acceptedVersion the entity's version after that change; 0 = no answer yet, or one that an
///   earlier program did not keep
/// @param decided whether this write, or a later one of this device in the scope, has come back as
///   a change: then what the server told contains what came of this one, though its answer may
///   still be under way
public record QueuedWrite(
    long number,
    WriteKey key,
    Draft draft,
    @Nullable JsonObject seen,
    long restsOn,
    long acceptedId,
    long acceptedVersion,
    boolean decided) {

  /// What a write rests on whose expected version is of a history that the server has lost: as it
  /// was seen, or it is a conflict.
  public static final long ON_A_LOST_HISTORY = -1;

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
    return fresh(key, draft, seen, 0);
  }

  /// A write that has no place yet and rests on one that has.
  public static QueuedWrite fresh(
      WriteKey key, Draft draft, @Nullable JsonObject seen, long restsOn) {
    return new QueuedWrite(0, key, draft, seen, restsOn, 0, 0, false);
  }

  /// This write at its place.
  public QueuedWrite numbered(long place) {
    return new QueuedWrite(place, key, draft, seen, restsOn, acceptedId, acceptedVersion, decided);
  }

  /// This write, which expects that version and nothing else.
  public QueuedWrite expecting(long version) {
    return new QueuedWrite(
        number, key, draft.expecting(version), seen, 0, acceptedId, acceptedVersion, decided);
  }

  /// This write, whose expected version is of a history that the server has lost.
  public QueuedWrite onLostHistory() {
    return new QueuedWrite(
        number, key, draft, seen, ON_A_LOST_HISTORY, acceptedId, acceptedVersion, decided);
  }

  /// This write, as if its user had seen that; null = the entity was not there.
  public QueuedWrite seeing(@Nullable JsonObject fields) {
    return new QueuedWrite(
        number, key, draft, fields, restsOn, acceptedId, acceptedVersion, decided);
  }

  /// This write, with the change that the server made of it.
  public QueuedWrite accepted(long changeId, long version) {
    return new QueuedWrite(number, key, draft, seen, restsOn, changeId, version, decided);
  }

  /// This write, which or behind which a later one has come back.
  public QueuedWrite decidedUnanswered() {
    return new QueuedWrite(number, key, draft, seen, restsOn, acceptedId, acceptedVersion, true);
  }

  /// This merge, with more in it.
  public QueuedWrite holding(Bytes update) {
    return new QueuedWrite(
        number,
        key,
        Draft.merge(entity(), update),
        seen,
        restsOn,
        acceptedId,
        acceptedVersion,
        decided);
  }

  /// What it changes.
  public EntityKey entity() {
    return draft.entity();
  }

  /// Where.
  public ScopeName scope() {
    return draft.entity().scope();
  }

  /// Whether it has an effect only on what its user saw.
  public boolean isCareful() {
    return draft.expectedVersion() != null;
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
