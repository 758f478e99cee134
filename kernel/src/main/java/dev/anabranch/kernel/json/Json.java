package dev.anabranch.kernel.json;

/// A JSON value (RFC 8259): immutable, comparable by content, written in the order it was read.
///
/// Bounds on depth, length and number size are the decoder's; a value that exists is already within
/// them.
public sealed interface Json
    permits JsonArray, JsonBoolean, JsonNull, JsonNumber, JsonObject, JsonString {

  /// Appends the compact JSON text of this value.
  void writeTo(StringBuilder out);

  /// The compact JSON text: no white space, keys in order, only what RFC 8259 demands escaped.
  default String text() {
    StringBuilder out = new StringBuilder();
    writeTo(out);
    return out.toString();
  }
}
