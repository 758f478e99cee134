package dev.anabranch.bench.process;

import dev.anabranch.bench.failure.Unavailable;
import java.nio.file.Files;
import java.nio.file.Path;
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
    if (!Files.isDirectory(folder.resolve("node_modules"))) {
      install(folder);
    }
    return List.of(node, folder.resolve(program).toAbsolutePath().toString());
  }

  private static void install(Path folder) {
    if (Commands.onPath("npm").isEmpty()) {
      throw new Unavailable("no npm on the PATH: npm peers are left out");
    }
    Commands.run(folder, List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
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
