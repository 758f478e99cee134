package dev.anabranch.cli.nostr;

import dev.anabranch.testkit.NpmFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// A relay from npm, run by Node: the script of `src/test/js/relay`.
final class OutsideRelay implements AutoCloseable {

  private final Process process;
  private final String port;

  private OutsideRelay(Process process, String port) {
    this.process = process;
    this.port = port;
  }

  /// Skips the test where Node or the relay cannot be had.
  ///
  /// @param hostname by which authentications name it; empty = it wants none
  static OutsideRelay start(String hostname) throws IOException, InterruptedException {
    Process process =
        NpmFolder.installed("src/test/js/relay", "target/outside-relay")
            .begin("relay.mjs", hostname);
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String first = said.readLine();
    if (first == null || !first.matches("\\d+")) {
      process.destroyForcibly();
      throw new AssertionError("the relay does not start: " + first);
    }
    return new OutsideRelay(process, first);
  }

  String url() {
    return "ws://127.0.0.1:" + port + "/";
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
