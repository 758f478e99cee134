package dev.anabranch.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A test's programs for Node, beside the packages that npm installed for them.
public final class NpmFolder {
  private static final long MINUTES_MAX = 5;

  private final Path folder;

  private NpmFolder(Path folder) {
    this.folder = folder;
  }

  /// Copies the programs and installs the packages of their lock file, once for each of its
  /// versions. The test is skipped, with the reason, where Node or the packages cannot be had.
  ///
  /// @param sources folder with the programs, `package.json` and `package-lock.json`; from the
  ///   module
  /// @param copy where they are to run; from the module
  public static NpmFolder installed(String sources, String copy)
      throws IOException, InterruptedException {
    NpmFolder npm = new NpmFolder(Files.createDirectories(Path.of(copy)));
    Assumptions.assumeTrue(npm.isRunning("node", "--version"), "skipped: node is not installed");
    Path lock = Path.of(copy + ".lock");
    // Tests of two processes may want it at once.
    try (FileChannel file =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = file.lock()) {
      npm.copyChanged(Path.of(sources));
      Assumptions.assumeTrue(
          held.isValid() && (npm.isInstalled() || npm.install()),
          () -> "skipped: npm cannot install what " + sources + " needs");
    }
    return npm;
  }

  /// Where the programs stand.
  public Path path() {
    return folder;
  }

  /// Begins a program, with its errors among what it says.
  ///
  /// @param program its file in the folder
  public Process begin(String program, String... arguments) throws IOException {
    return node(program, arguments).redirectErrorStream(true).start();
  }

  /// A program that is not begun yet.
  ///
  /// @param program its file in the folder
  public ProcessBuilder node(String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of("node", program));
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command).directory(folder.toFile());
  }

  /// Runs a program to its end.
  ///
  /// @return what it said
  /// @throws AssertionError with what it said, when it ends badly
  public String run(String program, String... arguments) throws IOException, InterruptedException {
    Process process = begin(program, arguments);
    try (InputStream out = process.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new AssertionError(program + " ended with " + status + ": " + said);
      }
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  /// Runs a command in the folder, and prints what it said when it ends badly.
  ///
  /// @return whether it ended well, within five minutes
  public boolean isRunning(String... command) throws InterruptedException {
    String name = String.join(" ", command);
    try {
      Path said = Files.createTempFile("npm", ".txt");
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      boolean isFine = process.waitFor(MINUTES_MAX, TimeUnit.MINUTES) && process.exitValue() == 0;
      if (!isFine) {
        process.destroyForcibly();
        System.out.println(name + ": " + Files.readString(said));
      }
      Files.delete(said);
      return isFine;
    } catch (IOException notThere) {
      System.out.println(name + ": " + notThere.getMessage());
      return false;
    }
  }

  private boolean install() throws InterruptedException {
    return isRunning("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
  }

  // npm writes this file last; a lock file that came later asks for other packages.
  private boolean isInstalled() throws IOException {
    Path last = folder.resolve("node_modules/.package-lock.json");
    Path lock = folder.resolve("package-lock.json");
    return Files.isRegularFile(last)
        && Files.getLastModifiedTime(last).compareTo(Files.getLastModifiedTime(lock)) >= 0;
  }

  private void copyChanged(Path sources) throws IOException {
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(file -> isSource(sources.relativize(file))).toList()) {
        Path copy = folder.resolve(sources.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else if (!Files.isRegularFile(copy) || Files.mismatch(file, copy) >= 0) {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  // Who tried the programs by hand in their own folder left these there.
  private static boolean isSource(Path inside) {
    return !inside.startsWith("node_modules") && !inside.startsWith("dist");
  }
}
