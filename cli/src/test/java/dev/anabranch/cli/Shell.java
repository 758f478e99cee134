package dev.anabranch.cli;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.cli.terminal.Terminals;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/// Runs commands in this process, as a shell would run them in a pipe.
public final class Shell {

  private final Map<String, String> environment = new HashMap<>();

  /// What a command left behind.
  public record Result(int exitCode, String out, String err) {

    /// Its results line by line.
    public List<String> lines() {
      return out.lines().toList();
    }
  }

  /// The shell with a variable of the environment.
  public Shell with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /// Runs a command to its end.
  public Result run(String... arguments) {
    return runWithInput("", arguments);
  }

  /// Runs a command that reads something.
  public Result runWithInput(String input, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    PrintWriter results = new PrintWriter(out, true);
    PrintWriter remarks = new PrintWriter(err, true);
    Surroundings surroundings =
        new Surroundings(
            environment,
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new Output(results, remarks, Terminals.NONE, false));
    CommandLine line = Anabranch.commandLine(surroundings).setOut(results).setErr(remarks);
    return new Result(line.execute(arguments), out.toString(), err.toString());
  }

  /// Runs a command whose results go elsewhere.
  public Result runInto(OutputStream results, String... arguments) {
    StringWriter err = new StringWriter();
    Output output = Output.to(results, new PrintWriter(err, true));
    CommandLine line =
        Anabranch.commandLine(new Surroundings(environment, InputStream.nullInputStream(), output));
    return new Result(line.execute(arguments), "", err.toString());
  }
}
