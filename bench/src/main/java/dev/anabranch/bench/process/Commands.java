package dev.anabranch.bench.process;

import dev.anabranch.bench.failure.BenchFailure;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Programs on this machine, found and run to their end.
public final class Commands {
  private static final int MINUTES_MAX = 5;
  private static final int COMPLAINT_CHARACTERS = 300;

  private Commands() {}

  /// Where `program` stands on the PATH, if it does.
  public static Optional<Path> onPath(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path.split(":"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// The `java` that runs this program.
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /// The class path of this program, for a child that runs in another folder.
  public static String classPath() {
    return absolute(System.getProperty("java.class.path"));
  }

  static String absolute(String classPath) {
    return Stream.of(classPath.split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /// Runs to the end and answers what was printed; a status other than 0 is a failure.
  public static String run(Path folder, List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String printed = read(process.getInputStream());
      if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new BenchFailure(command.getFirst() + " failed: " + brief(printed));
      }
      return printed;
    } catch (IOException e) {
      throw new BenchFailure("cannot run " + command.getFirst(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  private static String brief(String printed) {
    return printed.strip().substring(0, Math.min(COMPLAINT_CHARACTERS, printed.strip().length()));
  }

  private static String read(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }
}
