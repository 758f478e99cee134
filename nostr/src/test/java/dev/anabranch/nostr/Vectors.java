package dev.anabranch.nostr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The golden texts of `vectors/nostr`.
public final class Vectors {

  private Vectors() {}

  /// The lines of one file.
  public static List<String> lines(String file) {
    try {
      return Files.readAllLines(folder().resolve(file));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// One file as it stands.
  public static byte[] bytes(String file) {
    try {
      return Files.readAllBytes(folder().resolve(file));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Path folder() {
    Path place = Path.of("").toAbsolutePath();
    while (place != null && !Files.isDirectory(place.resolve("vectors/nostr"))) {
      place = place.getParent();
    }
    if (place == null) {
      throw new IllegalStateException("vectors/nostr is not above " + Path.of("").toAbsolutePath());
    }
    return place.resolve("vectors/nostr");
  }
}
