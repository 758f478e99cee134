package dev.anabranch.storage;

import java.nio.file.Path;
import java.util.Objects;

/// How a store is opened.
///
/// @param place where the database is
/// @param readersMax how many threads may read at a time, 1–64; more wait
/// @param cacheBytesMax about how much memory the writer's cache may take, from 1 MiB
public record StorageConfiguration(Place place, int readersMax, long cacheBytesMax) {

  private static final int READERS_MAX = 4;
  private static final long CACHE_BYTES_MAX = 64L * 1024 * 1024;

  public StorageConfiguration {
    Objects.requireNonNull(place, "place");
    if (readersMax < 1 || readersMax > 64 || cacheBytesMax < 1024 * 1024) {
      throw new IllegalArgumentException(
          readersMax + " readers, " + cacheBytesMax + " bytes of cache");
    }
  }

  /// The usual way at a place.
  public static StorageConfiguration at(Place place) {
    return new StorageConfiguration(place, READERS_MAX, CACHE_BYTES_MAX);
  }

  /// The usual way in a data folder.
  public static StorageConfiguration folder(Path path) {
    return at(new Place.Folder(path));
  }

  /// The usual way at the place that a text names ([Place#parse]).
  ///
  /// @param environmentPassword of `PGPASSWORD`; may be empty
  public static StorageConfiguration parse(String text, String environmentPassword) {
    return at(Place.parse(text, environmentPassword));
  }
}
