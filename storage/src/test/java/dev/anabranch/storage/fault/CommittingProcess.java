package dev.anabranch.storage.fault;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A process of its own that commits until it is killed, and prints the seq of each write after it
/// was acknowledged.
final class CommittingProcess {

  static final ScopeName SCOPE = new ScopeName("org:crash");

  private final Process process;
  private final BufferedReader out;

  private CommittingProcess(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static CommittingProcess start(String place) throws IOException {
    List<String> command =
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            CommittingProcess.class.getName(),
            place);
    return new CommittingProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /// Lets it commit at least so many writes, kills it in the middle, and says the last seq that it
  /// saw acknowledged.
  long killAfter(int writes) throws IOException, InterruptedException {
    long acknowledged = readUntil(writes);
    process.toHandle().destroyForcibly(); // leaves the pipe open: what it said last is read
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      acknowledged = line.endsWith(".") ? seq(line) : acknowledged;
    }
    process.waitFor();
    return acknowledged;
  }

  /// Waits until it committed so many writes, and says the last seq.
  long readUntil(int writes) throws IOException {
    long acknowledged = 0;
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      acknowledged = seq(line);
      if (acknowledged >= writes) {
        return acknowledged;
      }
    }
    throw new AssertionError("the process ended after " + acknowledged + " writes");
  }

  private static long seq(String line) {
    return Long.parseLong(line.substring(0, line.length() - 1));
  }

  public static void main(String[] arguments) {
    try (Store store = Storage.open(StorageConfiguration.parse(arguments[0], ""))) {
      TestWriter writer = new TestWriter(store);
      while (true) {
        System.out.println(writer.apply(write(store.head(SCOPE).seq() + 1)).seq() + ".");
      }
    }
  }

  /// The write that becomes a seq.
  static Write write(long seq) {
    EntityKey entity = new EntityKey(SCOPE, TestModels.NOTE, new EntityId("e" + seq % 7));
    JsonObject data = JsonObject.EMPTY.with("seq", seq).with("text", "x".repeat(300));
    return Write.insert(new WriteKey("key-" + seq), entity, data);
  }
}
