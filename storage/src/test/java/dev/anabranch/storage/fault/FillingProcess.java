package dev.anabranch.storage.fault;

import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.storage.sql.Epochs;
import dev.anabranch.testkit.TestWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/// A process of its own that lays changes into a new database, and waits between two steps to be
/// killed.
final class FillingProcess {

  private FillingProcess() {}

  /// Fills a place as far as so many changes and is killed there.
  static void killAfter(int changes, String place) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            FillingProcess.class.getName(),
            place,
            Integer.toString(changes));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String said = out.readLine();
    process.toHandle().destroyForcibly();
    process.waitFor();
    if (!"waiting".equals(said)) {
      throw new AssertionError("the process ended with " + process.exitValue());
    }
  }

  public static void main(String[] arguments) {
    Storage.fill(
        StorageConfiguration.parse(arguments[0], ""),
        new Epochs(0, new TreeMap<>()),
        new Random(1),
        store -> waitAfter(store, Integer.parseInt(arguments[1])));
  }

  private static void waitAfter(Store store, int changes) {
    TestWriter writer = new TestWriter(store);
    for (int seq = 1; seq <= changes; seq++) {
      writer.apply(CommittingProcess.write(seq));
    }
    System.out.println("waiting");
    try {
      System.in.read();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
