package dev.anabranch.bench.process;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.failure.Unavailable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The peers that run on Node.
public final class Node {
  /// Names the folder `bench/peers` when the bench is started elsewhere than in the project.
  public static final String PROPERTY = "anabranch.bench.peers";

  private Node() {}

  /// The command that runs one of the peers' programs; installs their packages the first time.
  public static List<String> command(String program) {
    Path folder = folder();
    String node =
        Commands.onPath("node")
            .orElseThrow(() -> new Unavailable("no node on the PATH: npm peers are left out"))
            .toString();
    if (!isInstalled(folder)) {
      installAlone(folder);
    }
    return List.of(node, folder.resolve(program).toAbsolutePath().toString());
  }

  /// npm notes in a file of its own what it installed; a lock file that is newer asks for more.
  private static boolean isInstalled(Path folder) {
    Path installed = folder.resolve("node_modules/.package-lock.json");
    try {
      return Files.isRegularFile(installed)
          && Files.getLastModifiedTime(installed)
                  .compareTo(Files.getLastModifiedTime(folder.resolve("package-lock.json")))
              >= 0;
    } catch (IOException e) {
      throw new BenchFailure("cannot look at " + folder, e);
    }
  }

  /// Another bench or test may be at it: who waited finds it done.
  private static void installAlone(Path folder) {
    Path lock = folder.resolve("node_modules.lock"); // npm begins by deleting the folder itself
    try (FileChannel file =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = file.lock()) {
      if (held.isValid() && !isInstalled(folder)) {
        install(folder);
      }
    } catch (IOException e) {
      throw new BenchFailure("cannot lock " + lock, e);
    }
  }

  private static void install(Path folder) {
    if (Commands.onPath("npm").isEmpty()) {
      throw new Unavailable("no npm on the PATH: npm peers are left out");
    }
    Commands.run(folder, List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
  }

  /// Whether a package with native code can be used; it is built the first time it is asked for.
  public static boolean isBuilt(String name) {
    try {
      command("");
      Path built = folder().resolve("node_modules").resolve(name).resolve("build/Release");
      if (!holdsProgram(built)) {
        Commands.run(folder(), List.of("npm", "rebuild", name));
      }
      return holdsProgram(built);
    } catch (BenchFailure | Unavailable cannotBeHad) {
      return false;
    }
  }

  // The folder alone says nothing: a build that was broken off leaves it.
  private static boolean holdsProgram(Path built) {
    if (!Files.isDirectory(built)) {
      return false;
    }
    try (Stream<Path> files = Files.list(built)) {
      return files.anyMatch(file -> file.toString().endsWith(".node"));
    } catch (IOException e) {
      throw new BenchFailure("cannot look at " + built, e);
    }
  }

  private static Path folder() {
    Optional<Path> named = Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of);
    return Stream.concat(
            named.stream(),
            Stream.of(Path.of("bench/peers"), Path.of("peers"), Path.of("../bench/peers")))
        .filter(folder -> Files.isRegularFile(folder.resolve("package.json")))
        .findFirst()
        .orElseThrow(() -> new Unavailable("no bench/peers here: name it with -D" + PROPERTY));
  }
}
