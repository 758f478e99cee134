package dev.anabranch.link;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Header fields in the order they came; names are compared without regard to case (RFC 9110).
///
/// A value that came over the wire is bytes, each given as one character (Latin-1); [#utf8] says
/// which text they are.
///
/// Immutable. A name must be a token and a value must hold no control character other than a tab,
/// so that no answer can be split by what a peer sent.
public final class Headers {
  private static final Headers EMPTY = new Headers(List.of());

  private final List<String> namesAndValues;

  private Headers(List<String> namesAndValues) {
    this.namesAndValues = namesAndValues;
  }

  /// No fields.
  public static Headers empty() {
    return EMPTY;
  }

  /// Fields from alternating names and values.
  public static Headers of(String... namesAndValues) {
    return of(List.of(namesAndValues));
  }

  /// Fields from alternating names and values.
  public static Headers of(List<String> namesAndValues) {
    if (namesAndValues.size() % 2 != 0) {
      throw new IllegalArgumentException(
          "a header name without a value: " + namesAndValues.getLast());
    }
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      checkName(namesAndValues.get(i));
      checkValue(namesAndValues.get(i), namesAndValues.get(i + 1));
    }
    return new Headers(List.copyOf(namesAndValues));
  }

  /// These fields and one more; an existing field of that name stays.
  public Headers with(String name, String value) {
    List<String> more = new ArrayList<>(namesAndValues);
    more.add(name);
    more.add(value);
    return of(more);
  }

  /// The first value of a field.
  public Optional<String> first(String name) {
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      if (namesAndValues.get(i).equalsIgnoreCase(name)) {
        return Optional.of(namesAndValues.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /// Every value of a field, in order; empty when the field is absent.
  public List<String> all(String name) {
    List<String> values = new ArrayList<>();
    forEach((each, value) -> {
      if (each.equalsIgnoreCase(name)) {
        values.add(value);
      }
    });
    return List.copyOf(values);
  }

  /// The whole of a field: of several lines as if they stood in one, with commas between (RFC 9110,
  /// 5.3).
  public Optional<String> combined(String name) {
    List<String> values = all(name);
    return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
  }

  /// The text that a value's bytes are in UTF-8; empty when they are not UTF-8.
  public static Optional<String> utf8(String value) {
    byte[] bytes = new byte[value.length()];
    for (int i = 0; i < bytes.length; i++) {
      char each = value.charAt(i);
      if (each > 0xff) {
        return Optional.empty();
      }
      bytes[i] = (byte) each;
    }
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return Optional.of(text.toString());
    } catch (CharacterCodingException notUtf8) {
      return Optional.empty();
    }
  }

  /// Whether a field is present.
  public boolean contains(String name) {
    return first(name).isPresent();
  }

  /// Whether a comma-separated field lists a token, without regard to case: `Connection:
  /// keep-alive, Upgrade`.
  public boolean lists(String name, String token) {
    for (String value : all(name)) {
      for (String each : value.split(",", -1)) {
        if (each.strip().equalsIgnoreCase(token)) {
          return true;
        }
      }
    }
    return false;
  }

  /// Visits every field in order.
  public void forEach(BiConsumer<String, String> visitor) {
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      visitor.accept(namesAndValues.get(i), namesAndValues.get(i + 1));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Headers that && namesAndValues.equals(that.namesAndValues);
  }

  @Override
  public int hashCode() {
    return namesAndValues.hashCode();
  }

  /// Names and values, with credentials left out.
  @Override
  public String toString() {
    Map<String, List<String>> shown = new LinkedHashMap<>();
    forEach((name, value) ->
        shown.computeIfAbsent(name, n -> new ArrayList<>()).add(shown(name, value)));
    return shown.toString();
  }

  private static String shown(String name, String value) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "authorization", "cookie", "proxy-authorization", "set-cookie" -> "(hidden)";
      default -> value;
    };
  }

  private static void checkName(String name) {
    boolean token = !name.isEmpty();
    for (int i = 0; token && i < name.length(); i++) {
      char c = name.charAt(i);
      token = c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }
    if (!token) {
      throw new IllegalArgumentException("not a header name: " + name);
    }
  }

  private static void checkValue(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        throw new IllegalArgumentException("a control character in the header " + name);
      }
    }
  }
}
