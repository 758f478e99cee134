package dev.anabranch.kernel.follow;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Consecutive changes of one scope on their way to followers, with what codecs made of them.
///
/// Confined to the thread of the followers it is told to: each codec encodes it once there and all
/// share the result. Whoever made the announcement closes it after the last follower, and with it
/// every encoding.
public final class Announcement implements AutoCloseable {

  private final List<Change> changes;
  private final List<Change> grants;
  private final Map<Object, AutoCloseable> encodings = new IdentityHashMap<>();

  /// Changes with seqs that follow each other; at least one.
  public Announcement(List<Change> changes) {
    this.changes = List.copyOf(changes);
    if (changes.isEmpty() || last().seq() - first().seq() != changes.size() - 1) {
      throw new IllegalArgumentException(changes.size() + " changes that are not consecutive");
    }
    this.grants =
        this.changes.stream()
            .filter(change -> change.entity().model().equals(ModelName.GRANT))
            .toList();
  }

  /// The scope they belong to.
  public ScopeName scope() {
    return first().scope();
  }

  /// The changes by ascending seq.
  public List<Change> changes() {
    return changes;
  }

  /// Those of the changes that touch somebody's rights, found once for all followers.
  List<Change> grants() {
    return grants;
  }

  /// The first change.
  public Change first() {
    return changes.getFirst();
  }

  /// The last change.
  public Change last() {
    return changes.getLast();
  }

  /// What a codec makes of this announcement, made at the first call and shared by the later ones.
  ///
  /// @param codec identifies the encoding
  /// @param encode makes it
  @SuppressWarnings("unchecked")
  public <T extends AutoCloseable> T encodedBy(Object codec, Function<List<Change>, T> encode) {
    return (T) encodings.computeIfAbsent(codec, ignored -> encode.apply(changes));
  }

  /// Closes every encoding, also when one of them cannot be closed; that is thrown afterwards.
  @Override
  public void close() {
    List<Exception> failures = new ArrayList<>();
    for (AutoCloseable encoding : encodings.values()) {
      try {
        encoding.close();
      } catch (Exception failure) {
        failures.add(failure);
      }
    }
    encodings.clear();
    if (!failures.isEmpty()) {
      throw new IllegalStateException("an encoding could not be closed", failures.getFirst());
    }
  }
}
