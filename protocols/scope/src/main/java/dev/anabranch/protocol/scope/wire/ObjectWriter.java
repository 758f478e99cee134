package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Bytes;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Writes one JSON object, field by field, as compact text.
final class ObjectWriter {

  private final StringBuilder out;
  private boolean empty = true;

  private ObjectWriter(StringBuilder out) {
    this.out = out.append('{');
  }

  static ObjectWriter begin(StringBuilder out) {
    return new ObjectWriter(out);
  }

  /// Begins a field; its value is the caller's to append.
  StringBuilder name(String name) {
    if (!empty) {
      out.append(',');
    }
    empty = false;
    out.append('"').append(name).append("\":");
    return out;
  }

  ObjectWriter text(String name, String value) {
    JsonString.quote(value, name(name));
    return this;
  }

  ObjectWriter textIfThere(String name, @Nullable Object value) {
    return value == null ? this : text(name, value.toString());
  }

  ObjectWriter number(String name, long value) {
    name(name).append(value);
    return this;
  }

  ObjectWriter numberIfThere(String name, @Nullable Long value) {
    return value == null ? this : number(name, value);
  }

  ObjectWriter flag(String name, boolean value) {
    name(name).append(value);
    return this;
  }

  ObjectWriter object(String name, @Nullable JsonObject value) {
    name(name).append(value == null ? "null" : value.text());
    return this;
  }

  ObjectWriter bytesIfThere(String name, @Nullable Bytes value) {
    return value == null ? this : text(name, Base64.getEncoder().encodeToString(value.toArray()));
  }

  void end() {
    out.append('}');
  }
}
