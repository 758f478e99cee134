package dev.anabranch.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a command finds around it: the environment, standard input, somewhere to write.
///
/// @param environment variables
/// @param input standard input; the file's own stream, which can tell how long it is
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
    FileInputStream input = new FileInputStream(FileDescriptor.in); // System.in hides its length
    return new Surroundings(environment, input, Output.of(results, remarks, environment));
  }

  /// How many bytes standard input still holds; below 0 = nobody knows, as of a pipe.
  public long inputBytes() {
    if (!(input instanceof FileInputStream file)) {
      return -1;
    }
    try {
      FileChannel channel = file.getChannel();
      long left = channel.size() - channel.position();
      return left > 0 ? left : -1;
    } catch (IOException noFile) {
      return -1; // a pipe has no position
    }
  }

  /// A variable of the environment; empty when it is not set.
  public String variable(String name) {
    return environment.getOrDefault(name, "");
  }
}
