package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Bootstrap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Cuts one bootstrap message into several that keep about under a bound, and a record whose body
/// does not fit one into parts.
final class BootstrapSplitter {
  private final Bootstrap whole;
  private final int bytesMax;
  private final List<Bootstrap> parts = new ArrayList<>();
  private Map<ModelName, List<SyncRecord>> models = new LinkedHashMap<>();
  private int bytes;

  private BootstrapSplitter(Bootstrap whole, int bytesMax) {
    this.whole = whole;
    this.bytesMax = bytesMax;
  }

  static List<Bootstrap> split(Bootstrap whole, int bytesMax) {
    BootstrapSplitter splitter = new BootstrapSplitter(whole, bytesMax);
    whole.models().forEach((model, items) -> items.forEach(item -> splitter.add(model, item)));
    splitter.close(whole.last());
    return splitter.parts;
  }

  private void add(ModelName model, SyncRecord item) {
    int size = bytesOf(item);
    if (bytes > 0 && bytes + size > bytesMax) {
      close(false);
    }
    if (size > bytesMax && item.body() != null) {
      addInParts(model, item, item.body().toArray());
      return;
    }
    models.computeIfAbsent(model, ignored -> new ArrayList<>()).add(item);
    bytes += size;
  }

  /// Each part goes alone; the last of the page's frames says whether it is the last of all.
  private void addInParts(ModelName model, SyncRecord item, byte[] body) {
    int partBytes = bytesMax / 2;
    for (int from = 0; from < body.length; from += partBytes) {
      int to = Math.min(body.length, from + partBytes);
      Bytes part = Bytes.of(Arrays.copyOfRange(body, from, to));
      JsonObject fields = from == 0 ? item.fields() : JsonObject.EMPTY;
      parts.add(
          new Bootstrap(
              whole.scope(),
              Map.of(model, List.of(partOf(item, fields, part))),
              false,
              whole.lastSyncId(),
              body.length - to,
              whole.ref()));
    }
  }

  private static SyncRecord partOf(SyncRecord item, JsonObject fields, Bytes part) {
    return new SyncRecord(
        item.id(),
        item.scope(),
        item.version(),
        item.syncId(),
        item.createdAt(),
        item.updatedAt(),
        fields,
        part,
        false);
  }

  private void close(boolean last) {
    if (last || !models.isEmpty() || parts.isEmpty()) {
      parts.add(new Bootstrap(whole.scope(), models, last, whole.lastSyncId(), whole.ref()));
    }
    models = new LinkedHashMap<>();
    bytes = 0;
  }

  /// At least the bytes it takes: three for a character is the most that UTF-8 needs of one.
  private static int bytesOf(SyncRecord item) {
    long body = item.body() == null ? 0 : item.body().size() / 3 * 4L + 4;
    return (int) Math.min(Integer.MAX_VALUE / 2, 1500 + 3L * item.fields().text().length() + body);
  }
}
