package dev.anabranch.protocol.scope.client;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A record of a snapshot whose body comes in parts.
final class PartialRecord {
  private final long bytesMax;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private @Nullable ModelName model;
  private @Nullable SyncRecord begun;
  private long rest;

  PartialRecord(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Takes the next part.
  ///
  /// @return false = it is not one of this record, or the record would be too large
  boolean takes(ScopeMessage.Bootstrap part) {
    if (part.models().size() != 1) {
      return false;
    }
    Map.Entry<ModelName, List<SyncRecord>> only = part.models().entrySet().iterator().next();
    if (only.getValue().size() != 1) {
      return false;
    }
    SyncRecord record = Objects.requireNonNull(only.getValue().getFirst());
    Bytes bytes = record.body();
    if (bytes == null) {
      return false;
    }
    SyncRecord first = begun;
    if (first == null) {
      model = only.getKey();
      begun = record;
    } else if (!only.getKey().equals(model)
        || !record.id().equals(first.id())
        || bytes.size() + part.bodyRest() != rest) {
      return false;
    }
    rest = part.bodyRest();
    if (body.size() + (long) bytes.size() + rest > bytesMax) {
      return false;
    }
    body.writeBytes(bytes.toArray());
    return true;
  }

  /// The record, once nothing of it is to come.
  Map<ModelName, List<SyncRecord>> whole() {
    SyncRecord first = Objects.requireNonNull(begun, "a record that has begun");
    return Map.of(
        Objects.requireNonNull(model, "a record that has begun"),
        List.of(
            new SyncRecord(
                first.id(),
                first.scope(),
                first.version(),
                first.syncId(),
                first.createdAt(),
                first.updatedAt(),
                first.fields(),
                Bytes.of(body.toByteArray()),
                false)));
  }
}
