package dev.anabranch.json;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// Reads JSON strictly: one value and nothing behind it, UTF-8 without exceptions, no name twice.
///
/// Refused besides: lone surrogates and U+0000 in strings, numbers that no double holds, anything
/// over the limits. What is accepted comes out again as it went in. Safe to use from many threads.
public final class JsonDecoder {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(1000)
                  .maxNumberLength(JsonNumber.LITERAL_CHARS_MAX)
                  .maxStringLength(64 * 1024 * 1024)
                  .maxNameLength(1024)
                  .build())
          .build();

  /// A digit in front of the exponent that is not 0.
  private static final Pattern NOT_ZERO = Pattern.compile("^[^eE]*[1-9]");

  private static final Pattern PARSERS_SOURCE =
      Pattern.compile(" \\(start marker at \\[.*?]\\)|\\[Source: .*?]");

  private final JsonLimits limits;

  /// A decoder with these limits.
  public JsonDecoder(JsonLimits limits) {
    this.limits = Objects.requireNonNull(limits);
  }

  /// The value that some bytes of UTF-8 spell.
  public Decoded decode(byte[] bytes) {
    if (bytes.length > limits.bytesMax()) {
      return tooLarge(bytes.length);
    }
    try {
      return parse(
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString());
    } catch (CharacterCodingException invalid) {
      return new Decoded.Malformed("the text is not UTF-8");
    }
  }

  /// The value that a text spells.
  public Decoded decode(String text) {
    return text.length() > limits.bytesMax() ? tooLarge(text.length()) : parse(text);
  }

  /// An object that we wrote ourselves; it is parsed when a field is first asked for.
  ///
  /// @throws IllegalStateException when the text is no object; the object throws it later when its
  ///   text is damaged inside
  public static JsonObject stored(String text) {
    if (!text.startsWith("{") || !text.endsWith("}")) {
      return parsed(text);
    }
    return JsonObject.parsedLater(text, JsonDecoder::parsed);
  }

  private static JsonObject parsed(String text) {
    Decoded decoded = new JsonDecoder(STORED).parse(text);
    if (decoded instanceof Decoded.Value(JsonObject object)) {
      return object;
    }
    throw new IllegalStateException("stored JSON is damaged: " + decoded);
  }

  private static final JsonLimits STORED = new JsonLimits(1 << 30, 1000, 1 << 30);

  private Decoded tooLarge(int length) {
    return new Decoded.Malformed(
        "the text has " + length + " bytes; at most " + limits.bytesMax() + " are accepted");
  }

  private Decoded parse(String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      Json json = new Reading(parser).value(1);
      if (parser.nextToken() != null) {
        return new Decoded.Malformed("there is more text behind the value" + where(parser));
      }
      return new Decoded.Value(json);
    } catch (Refused refused) {
      return new Decoded.Malformed(refused.getMessage());
    } catch (JacksonException wrong) {
      return new Decoded.Malformed(
          "the text is not JSON: "
              + sentence(wrong.getOriginalMessage())
              + where(wrong.getLocation()));
    }
  }

  /// The parser's sentence without where the text came from, which says nothing here.
  private static String sentence(String message) {
    return PARSERS_SOURCE.matcher(message).replaceAll("");
  }

  private static String where(JsonParser parser) {
    return where(parser.currentTokenLocation());
  }

  private static String where(tools.jackson.core.TokenStreamLocation place) {
    return place == null
        ? ""
        : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
  }

  /// Leaves the recursion with a sentence; never seen outside.
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Refused(String detail) {
      super(detail, null, false, false);
    }

    @Override
    public String getMessage() {
      return Objects.requireNonNull(super.getMessage());
    }
  }

  /// One text under way.
  private final class Reading {
    private final JsonParser parser;
    private int values;

    private Reading(JsonParser parser) {
      this.parser = parser;
    }

    private Json value(int depth) {
      JsonToken token = parser.currentToken();
      if (token == null) {
        throw new Refused("the text ends where a value is expected");
      }
      count(depth);
      return switch (token) {
        case START_OBJECT -> object(depth);
        case START_ARRAY -> array(depth);
        case VALUE_STRING -> new JsonString(clean(parser.getString()));
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
        case VALUE_TRUE -> JsonBoolean.TRUE;
        case VALUE_FALSE -> JsonBoolean.FALSE;
        case VALUE_NULL -> JsonNull.NULL;
        default -> throw new Refused("a value is expected" + where(parser));
      };
    }

    private void count(int depth) {
      if (depth > limits.depthMax()) {
        throw new Refused("nested deeper than " + limits.depthMax() + where(parser));
      }
      if (++values > limits.valuesMax()) {
        throw new Refused("more than " + limits.valuesMax() + " values" + where(parser));
      }
    }

    private Json object(int depth) {
      Map<String, Json> fields = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = clean(parser.currentName());
        count(depth);
        parser.nextToken();
        if (fields.put(name, value(depth + 1)) != null) {
          throw new Refused("the name \"" + name + "\" stands twice" + where(parser));
        }
      }
      return JsonObject.of(fields);
    }

    private Json array(int depth) {
      List<Json> elements = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(value(depth + 1));
      }
      return new JsonArray(elements);
    }

    private Json number() {
      JsonNumber number = new JsonNumber(parser.getString());
      if (!Double.isFinite(number.doubleValue()) || isLostToZero(number)) {
        throw new Refused("the number " + number.literal() + " is out of range" + where(parser));
      }
      return number;
    }

    /// Whether a number that is not zero is too small for a double; databases refuse it as well.
    private static boolean isLostToZero(JsonNumber number) {
      return number.doubleValue() == 0 && NOT_ZERO.matcher(number.literal()).find();
    }

    private String clean(String text) {
      for (int index = 0; index < text.length(); index++) {
        char sign = text.charAt(index);
        if (sign == 0) {
          throw new Refused("a string holds U+0000" + where(parser));
        }
        if (Character.isHighSurrogate(sign)
            && index + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(index + 1))) {
          index++;
        } else if (Character.isSurrogate(sign)) {
          throw new Refused("a string holds a lone surrogate" + where(parser));
        }
      }
      return text;
    }
  }
}
