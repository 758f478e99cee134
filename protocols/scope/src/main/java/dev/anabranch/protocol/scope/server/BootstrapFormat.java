package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.protocol.scope.wire.BootstrapLine;
import dev.anabranch.protocol.scope.wire.ScopeBodies;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Spells a bootstrap piece by piece, so that it is never whole in memory.
sealed interface BootstrapFormat {

  /// The media type.
  String contentType();

  /// The next entities, in the order of the snapshot.
  byte[] entities(List<Entity> entities);

  /// The end; `next` = how the next page is asked for, null = there is none.
  byte[] end(long lastSyncId, @Nullable String next);

  /// `{"models":{"Message":[…],…},"lastSyncId":N}`: the same shape as
  /// [ScopeBodies#encode(dev.anabranch.protocol.scope.wire.BootstrapPage)].
  final class OneObject implements BootstrapFormat {
    private @Nullable ModelName model;
    private boolean begun;

    @Override
    public String contentType() {
      return "application/json";
    }

    @Override
    public byte[] entities(List<Entity> entities) {
      StringBuilder out = new StringBuilder(entities.size() * 256 + 16);
      begin(out);
      for (Entity entity : entities) {
        if (entity.key().model().equals(model)) {
          out.append(',');
        } else {
          out.append(model == null ? "" : "],");
          model = entity.key().model();
          JsonString.quote(model.text(), out);
          out.append(":[");
        }
        ScopeBodies.write(ScopeChanges.item(entity), out);
      }
      return bytes(out);
    }

    private void begin(StringBuilder out) {
      if (!begun) {
        begun = true;
        out.append("{\"models\":{");
      }
    }

    @Override
    public byte[] end(long lastSyncId, @Nullable String next) {
      StringBuilder out = new StringBuilder(64);
      begin(out);
      out.append(model == null ? "}" : "]}").append(",\"lastSyncId\":").append(lastSyncId);
      if (next != null) {
        out.append(",\"next\":");
        JsonString.quote(next, out);
      }
      return bytes(out.append('}'));
    }
  }

  /// A record on each line, and a last line without which all is void.
  final class Lines implements BootstrapFormat {
    private long count;

    @Override
    public String contentType() {
      return ScopeBodies.NDJSON;
    }

    @Override
    public byte[] entities(List<Entity> entities) {
      StringBuilder out = new StringBuilder(entities.size() * 300 + 16);
      for (Entity entity : entities) {
        BootstrapLine line =
            new BootstrapLine.Item(entity.key().model(), ScopeChanges.item(entity));
        out.append(ScopeBodies.encode(line)).append('\n');
      }
      count += entities.size();
      return bytes(out);
    }

    @Override
    public byte[] end(long lastSyncId, @Nullable String next) {
      BootstrapLine end = new BootstrapLine.End(lastSyncId, count, next);
      return bytes(new StringBuilder(ScopeBodies.encode(end)).append('\n'));
    }
  }

  private static byte[] bytes(StringBuilder out) {
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }
}
