package dev.anabranch.protocol.signed.wire;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.nostr.text.Hex;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The fields of one object, asked for by name and shape; what does not fit is a [Mistake] that
/// names the place. A field that nobody asks for is passed over, so that a newer client can say
/// more; only what both keys of a link sign must say nothing else.
final class Fields {

  private final JsonObject object;
  private final String place;

  Fields(JsonObject object, String place) {
    this.object = object;
    this.place = place;
  }

  /// Leaves the reading with a sentence; never seen outside this package.
  static final class Mistake extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Refusal refusal;

    Mistake(SignedFault fault, String detail) {
      super(detail, null, false, false);
      this.refusal = new Refusal(fault, detail);
    }

    Refusal refusal() {
      return refusal;
    }
  }

  static Mistake invalid(String detail) {
    return new Mistake(SignedFault.INVALID, detail);
  }

  void refuseOthersThan(Set<String> known) {
    for (String name : object.fields().keySet()) {
      if (!known.contains(name)) {
        throw invalid("nothing is called " + place + name + " here");
      }
    }
  }

  boolean has(String name) {
    return object.get(name) != null;
  }

  String text(String name, int charsMax) {
    if (object.get(name) instanceof JsonString(String value)
        && !value.isEmpty()
        && value.length() <= charsMax) {
      return value;
    }
    throw wrong(name, "a text of 1 to " + charsMax + " characters");
  }

  @Nullable String textOrNull(String name, int charsMax) {
    return has(name) ? text(name, charsMax) : null;
  }

  long number(String name, long least) {
    if (object.get(name) instanceof JsonNumber number
        && number.isLong()
        && number.longValue() >= least) {
      return number.longValue();
    }
    throw wrong(name, "a whole number of at least " + least);
  }

  long numberOr(String name, long least, long absent) {
    return has(name) ? number(name, least) : absent;
  }

  boolean flag(String name) {
    Json value = object.get(name);
    if (value == null) {
      return false;
    }
    if (value instanceof JsonBoolean flag) {
      return flag.value();
    }
    throw wrong(name, "true or false");
  }

  PublicKey key(String name) {
    if (object.get(name) instanceof JsonString(String value)) {
      return KeyText.parse(value)
          .orElseThrow(() -> wrong(name, "a key: npub1… or 64 hexadecimal digits"));
    }
    throw wrong(name, "a key: npub1… or 64 hexadecimal digits");
  }

  /// Whether something spells a signature.
  static boolean isSignature(@Nullable Json value) {
    return value instanceof JsonString(String text) && Hex.isLower(text, 128);
  }

  Signature signature(String name) {
    Json value = object.get(name);
    if (isSignature(value) && value instanceof JsonString(String text)) {
      return new Signature(text);
    }
    throw wrong(name, "a signature of 128 hexadecimal digits");
  }

  JsonObject object(String name) {
    if (object.get(name) instanceof JsonObject value) {
      return value;
    }
    throw wrong(name, "an object");
  }

  List<Json> list(String name, int countMax) {
    if (object.get(name) instanceof JsonArray(List<Json> values) && values.size() <= countMax) {
      return values;
    }
    throw wrong(name, "an array of at most " + countMax);
  }

  List<String> texts(String name, int countMax) {
    List<String> texts = new ArrayList<>();
    for (Json value : has(name) ? list(name, countMax) : List.<Json>of()) {
      if (!(value instanceof JsonString(String text))) {
        throw wrong(name, "an array of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  Mistake wrong(String name, String wanted) {
    return invalid(place + name + (has(name) ? " must be " : " is missing; it must be ") + wanted);
  }
}
