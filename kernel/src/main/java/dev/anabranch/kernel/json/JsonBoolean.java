package dev.anabranch.kernel.json;

/// `true` or `false`.
public enum JsonBoolean implements Json {
  TRUE,
  FALSE;

  /// The value for a Java boolean.
  public static JsonBoolean of(boolean value) {
    return value ? TRUE : FALSE;
  }

  /// The Java boolean.
  public boolean value() {
    return this == TRUE;
  }

  @Override
  public void writeTo(StringBuilder out) {
    out.append(this == TRUE ? "true" : "false");
  }
}
