package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Bootstrap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Cuts one bootstrap message into several that keep about under a bound.
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
    models.computeIfAbsent(model, ignored -> new ArrayList<>()).add(item);
    bytes += size;
  }

  private void close(boolean last) {
    parts.add(new Bootstrap(whole.scope(), models, last, whole.lastSyncId(), whole.ref()));
    models = new LinkedHashMap<>();
    bytes = 0;
  }

  /// At least the bytes it takes: three for a character is the most that UTF-8 needs of one.
  private static int bytesOf(SyncRecord item) {
    int body = item.body() == null ? 0 : item.body().size() / 3 * 4 + 4;
    return 1500 + 3 * item.fields().text().length() + body;
  }
}
