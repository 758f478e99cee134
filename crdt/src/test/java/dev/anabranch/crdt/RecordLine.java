package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.AnyBytes;
import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One line of a record that npm yjs made.
record RecordLine(Map<String, Any> fields) {

  static RecordLine parse(String json) {
    return of(JavaScriptJson.parse(json));
  }

  static RecordLine of(Any value) {
    return new RecordLine(((Any.Object) value).entries());
  }

  String text(String key) {
    return ((Any.Text) any(key)).value();
  }

  int number(String key) {
    return (int) ((Any.Number) any(key)).value();
  }

  boolean flag(String key) {
    return ((Any.Flag) any(key)).value();
  }

  List<Any> list(String key) {
    return ((Any.Array) any(key)).values();
  }

  byte[] bytes(String key) {
    return bytes(any(key));
  }

  static byte[] bytes(Any base64) {
    return Base64.getDecoder().decode(((Any.Text) base64).value());
  }

  static Any decoded(Any base64) {
    return AnyBytes.read(new ByteReader(bytes(base64)));
  }

  Any value(String key) {
    return decoded(any(key));
  }

  Map<String, Any> marks(String key) {
    return new LinkedHashMap<>(((Any.Object) value(key)).entries());
  }

  Any any(String key) {
    Any value = fields.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no " + key + " in " + fields.keySet());
    }
    return value;
  }
}
