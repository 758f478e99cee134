package dev.anabranch.json;

/// How much a JSON text may hold before it is refused.
///
/// @param bytesMax the whole text, in bytes of UTF-8
/// @param depthMax nested arrays and objects
/// @param valuesMax values and field names together
public record JsonLimits(int bytesMax, int depthMax, int valuesMax) {

  /// One frame of a session: 512 KiB, depth 32, 20,000 values.
  public static final JsonLimits FRAME = new JsonLimits(512 * 1024, 32, 20_000);

  /// One HTTP push: 4 MiB, depth 32, 200,000 values.
  public static final JsonLimits PUSH = new JsonLimits(4 * 1024 * 1024, 32, 200_000);

  public JsonLimits {
    if (bytesMax < 2 || depthMax < 1 || valuesMax < 1) {
      throw new IllegalArgumentException(bytesMax + " bytes, depth " + depthMax);
    }
  }
}
