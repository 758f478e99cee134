package dev.anabranch.kernel.json;

/// The literal `null`. In a patch it removes a field.
public enum JsonNull implements Json {
  /// The only one.
  NULL;

  @Override
  public void writeTo(StringBuilder out) {
    out.append("null");
  }
}
