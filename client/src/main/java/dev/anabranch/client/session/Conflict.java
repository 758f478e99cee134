package dev.anabranch.client.session;

import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A write whose user saw what is not there any more: what it was based on, what it makes of it,
/// and what somebody else made of it.
///
/// This device's writes before this one are in base and theirs alike: these differ by what others
/// wrote.
///
/// @param write the write that had no effect
/// @param base the fields that the user saw when writing; null = the entity was not there
/// @param mine the fields as the write wants them; null = deleted
/// @param theirs the fields as they stand; null = it does not live
/// @param theirVersion the version as it stands; 0 = it does not live
public record Conflict(
    QueuedWrite write,
    @Nullable JsonObject base,
    @Nullable JsonObject mine,
    @Nullable JsonObject theirs,
    long theirVersion) {

  public Conflict {
    Objects.requireNonNull(write, "write");
  }

  /// A write against what stands there.
  static Conflict of(QueuedWrite write, @Nullable JsonObject theirs, long theirVersion) {
    JsonObject base = write.seen();
    JsonObject data = write.draft().data();
    JsonObject mine =
        data == null ? null : base == null ? data.withoutNulls() : base.patchedBy(data);
    return new Conflict(write, base, mine, theirs, theirVersion);
  }

  /// The fields that both sides changed, to different values: the ones to ask a person about.
  public Set<String> clashes() {
    Set<String> clashes = new LinkedHashSet<>();
    if (mine != null && theirs != null) {
      for (String name : names()) {
        if (changed(mine, name)
            && changed(theirs, name)
            && !Objects.equals(mine.get(name), theirs.get(name))) {
          clashes.add(name);
        }
      }
    }
    return clashes;
  }

  /// Theirs with my changes on top, field by field: a field that only one side changed is as that
  /// side wants it, a field that clashes is as mine. Null when mine is a delete; mine when theirs
  /// is one.
  public @Nullable JsonObject merged() {
    if (mine == null || theirs == null) {
      return mine;
    }
    Map<String, Json> merged = new LinkedHashMap<>(theirs.fields());
    for (String name : names()) {
      if (changed(mine, name)) {
        set(merged, name, mine.get(name));
      }
    }
    return JsonObject.of(merged);
  }

  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    if (base != null) {
      names.addAll(base.fields().keySet());
    }
    if (mine != null) {
      names.addAll(mine.fields().keySet());
    }
    if (theirs != null) {
      names.addAll(theirs.fields().keySet());
    }
    return names;
  }

  private boolean changed(JsonObject side, String name) {
    return !Objects.equals(side.get(name), base == null ? null : base.get(name));
  }

  private static void set(Map<String, Json> fields, String name, @Nullable Json value) {
    if (value == null) {
      fields.remove(name);
    } else {
      fields.put(name, value);
    }
  }

  /// Leave it as it stands; my write is given up.
  public Resolution keepTheirs() {
    return new Resolution.KeepTheirs();
  }

  /// Write the field-by-field merge.
  public Resolution merge() {
    JsonObject merged = merged();
    return merged == null ? delete() : become(merged);
  }

  /// Write mine over theirs.
  public Resolution keepMine() {
    return mine == null ? delete() : become(mine);
  }

  /// Write so that the entity has exactly these fields.
  public Resolution become(JsonObject fields) {
    if (theirs == null) {
      return new Resolution.Rewrite(Action.INSERT, fields.withoutNulls());
    }
    JsonObject changed = difference(theirs, fields.withoutNulls());
    return changed.fields().isEmpty()
        ? new Resolution.KeepTheirs()
        : new Resolution.Rewrite(Action.UPDATE, changed);
  }

  private Resolution delete() {
    return theirs == null
        ? new Resolution.KeepTheirs()
        : new Resolution.Rewrite(Action.DELETE, null);
  }

  private static JsonObject difference(JsonObject from, JsonObject to) {
    Map<String, Json> changed = new LinkedHashMap<>();
    to.fields()
        .forEach((name, value) -> {
          if (!value.equals(from.get(name))) {
            changed.put(name, value);
          }
        });
    for (String name : from.fields().keySet()) {
      if (to.get(name) == null) {
        changed.put(name, JsonNull.NULL);
      }
    }
    return JsonObject.of(changed);
  }
}
