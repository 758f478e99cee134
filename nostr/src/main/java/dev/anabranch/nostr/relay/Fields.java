package dev.anabranch.nostr.relay;

import dev.anabranch.nostr.text.JsonText;
import org.jspecify.annotations.Nullable;

/// The fields of a JSON object under way; what is null is left out.
final class Fields {

  private final StringBuilder out = new StringBuilder("{");

  Fields text(String name, @Nullable String value) {
    if (value != null) {
      JsonText.quote(value, named(name));
    }
    return this;
  }

  Fields number(String name, long value) {
    named(name).append(value);
    return this;
  }

  Fields flag(String name, boolean value) {
    named(name).append(value);
    return this;
  }

  Fields raw(String name, String json) {
    named(name).append(json);
    return this;
  }

  private StringBuilder named(String name) {
    return out.append(out.length() > 1 ? ",\"" : "\"").append(name).append("\":");
  }

  String json() {
    return out + "}";
  }
}
