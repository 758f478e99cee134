package dev.anabranch.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a command finds around it: the environment, standard input, somewhere to write.
///
/// @param environment variables
/// @param input standard input
/// @param output standard output and error
public record Surroundings(Map<String, String> environment, InputStream input, Output output) {

  public Surroundings {
    environment = Map.copyOf(environment);
  }

  /// Those of this process.
  public static Surroundings ofProcess() {
    FileOutputStream results = new FileOutputStream(FileDescriptor.out); // System.out swallows
    PrintWriter remarks = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Map<String, String> environment = System.getenv();
    return new Surroundings(environment, System.in, Output.of(results, remarks, environment));
  }

  /// A variable of the environment; empty when it is not set.
  public String variable(String name) {
    return environment.getOrDefault(name, "");
  }
}
