package dev.anabranch.kernel.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Named values in the order they were written; equal when they hold the same fields in any order.
///
/// One that comes from a store is known by its text until somebody asks for a field: most are only
/// handed on.
public final class JsonObject implements Json {

  /// No fields.
  public static final JsonObject EMPTY = new JsonObject(new LinkedHashMap<>());

  // Both are made at most a few times, whoever comes first, and always of the same content.
  private @Nullable Map<String, Json> fields;
  private @Nullable String text;
  private final @Nullable Function<String, JsonObject> parser;

  private JsonObject(LinkedHashMap<String, Json> owned) {
    this.fields = Collections.unmodifiableMap(owned);
    this.parser = null;
  }

  private JsonObject(String text, Function<String, JsonObject> parser) {
    this.text = text;
    this.parser = parser;
  }

  /// The object that a text spells, which is parsed when a field is first asked for.
  ///
  /// @param text as [#text] wrote it
  /// @param parser throws what the one who asks for a field gets to see when the text is damaged
  public static JsonObject parsedLater(String text, Function<String, JsonObject> parser) {
    return new JsonObject(Objects.requireNonNull(text), Objects.requireNonNull(parser));
  }

  /// An object of these fields; the map is copied.
  public static JsonObject of(Map<String, ? extends Json> fields) {
    return new JsonObject(new LinkedHashMap<>(fields));
  }

  /// An object of one field.
  public static JsonObject of(String name, Json value) {
    return with(EMPTY, name, value);
  }

  private static JsonObject with(JsonObject before, String name, Json value) {
    LinkedHashMap<String, Json> fields = new LinkedHashMap<>(before.fields());
    fields.put(Objects.requireNonNull(name), Objects.requireNonNull(value));
    return new JsonObject(fields);
  }

  /// The fields, unmodifiable, in order.
  public Map<String, Json> fields() {
    Map<String, Json> known = fields;
    if (known == null) {
      known = Objects.requireNonNull(parser).apply(text()).fields();
      fields = known;
    }
    return known;
  }

  /// This object with one field set.
  public JsonObject with(String name, Json value) {
    return with(this, name, value);
  }

  /// This object with a text field set.
  public JsonObject with(String name, String value) {
    return with(this, name, new JsonString(value));
  }

  /// This object with a whole-number field set.
  public JsonObject with(String name, long value) {
    return with(this, name, JsonNumber.of(value));
  }

  /// This object without one field.
  public JsonObject without(String name) {
    if (!fields().containsKey(name)) {
      return this;
    }
    LinkedHashMap<String, Json> left = new LinkedHashMap<>(fields());
    left.remove(name);
    return new JsonObject(left);
  }

  /// This object with a patch laid over its top level: a value replaces, `null` removes.
  public JsonObject patchedBy(JsonObject patch) {
    LinkedHashMap<String, Json> merged = new LinkedHashMap<>(fields());
    patch
        .fields()
        .forEach((name, value) -> {
          if (value == JsonNull.NULL) {
            merged.remove(name);
          } else {
            merged.put(name, value);
          }
        });
    return new JsonObject(merged);
  }

  /// This object without its fields that are `null`.
  public JsonObject withoutNulls() {
    return fields().containsValue(JsonNull.NULL) ? EMPTY.patchedBy(this) : this;
  }

  /// A field's value, or null when it is not there.
  public @Nullable Json get(String name) {
    return fields().get(name);
  }

  /// A field's text, if it is there and a string.
  public Optional<String> string(String name) {
    return fields().get(name) instanceof JsonString(String value)
        ? Optional.of(value)
        : Optional.empty();
  }

  /// A field's whole number, if it is there and one.
  public OptionalLong number(String name) {
    return fields().get(name) instanceof JsonNumber number && number.isLong()
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  @Override
  public void writeTo(StringBuilder out) {
    out.append(text());
  }

  /// The compact text, made once: a change is written to disk and to many readers.
  @Override
  public String text() {
    String made = text;
    if (made == null) {
      made = write();
      text = made;
    }
    return made;
  }

  private String write() {
    StringBuilder out = new StringBuilder(fields().size() * 24 + 2).append('{');
    fields()
        .forEach((name, value) -> {
          if (out.length() > 1) {
            out.append(',');
          }
          JsonString.quote(name, out);
          out.append(':');
          value.writeTo(out);
        });
    return out.append('}').toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonObject object && fields().equals(object.fields());
  }

  @Override
  public int hashCode() {
    return fields().hashCode();
  }

  @Override
  public String toString() {
    return text();
  }
}
