package dev.anabranch.server;

import dev.anabranch.testkit.NpmFolder;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// Editors' providers from npm, run by Node: the scripts of `src/test/js`.
final class OutsideEditors {
  private final NpmFolder npm;

  private OutsideEditors(NpmFolder npm) {
    this.npm = npm;
  }

  /// Skips the test where Node or the providers cannot be had.
  static OutsideEditors installed() throws IOException, InterruptedException {
    return new OutsideEditors(NpmFolder.installed("src/test/js", "target/editors"));
  }

  /// Begins a script against a server.
  Process begin(String script, URI server, String... more) throws IOException {
    return npm.begin(script, arguments(server, more));
  }

  /// Runs a script to its good end.
  String run(String script, URI server, String... more) throws IOException, InterruptedException {
    return npm.run(script, arguments(server, more));
  }

  private static String[] arguments(URI server, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.add(server.toString().replaceFirst("^http", "ws").replaceFirst("/$", ""));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }
}
