package dev.anabranch.cli;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/// Runs commands in this process, as a shell would run them in a pipe.
final class Shell {

  private final Map<String, String> environment = new HashMap<>();

  /// What a command left behind.
  record Result(int exitCode, String out, String err) {

    List<String> lines() {
      return out.lines().toList();
    }
  }

  Shell with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Result run(String... arguments) {
    return runWithInput("", arguments);
  }

  Result runWithInput(String input, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    PrintWriter results = new PrintWriter(out, true);
    PrintWriter remarks = new PrintWriter(err, true);
    Surroundings surroundings =
        new Surroundings(
            environment,
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new Output(results, remarks, false, false));
    CommandLine line = Anabranch.commandLine(surroundings).setOut(results).setErr(remarks);
    return new Result(line.execute(arguments), out.toString(), err.toString());
  }
}
