package dev.anabranch.bench.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The heap of a Java server, seen through `jcmd`.
public final class Heap {
  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  private Heap() {}

  /// Runs two full collections, where the server is a Java one.
  public static void collect(ServerProcess server) {
    if (isJava(server)) {
      jcmd(server, "GC.run");
      jcmd(server, "GC.run");
    }
  }

  /// Bytes in use after a full collection; empty for other servers.
  public static OptionalLong usedBytes(ServerProcess server) {
    if (!isJava(server)) {
      return OptionalLong.empty();
    }
    collect(server);
    // Young, old and metaspace are listed alike; the first two are the heap.
    Matcher used = USED.matcher(jcmd(server, "GC.heap_info").replaceAll("(?s)Metaspace.*", ""));
    long kilobytes = 0;
    while (used.find()) {
      kilobytes += Long.parseLong(used.group(1));
    }
    return OptionalLong.of(kilobytes * 1024);
  }

  private static boolean isJava(ServerProcess server) {
    return ProcessHandle.of(server.serverPid())
        .flatMap(process -> process.info().command())
        .filter(command -> command.endsWith("java"))
        .isPresent();
  }

  private static String jcmd(ServerProcess server, String command) {
    Path program = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    String name = Files.isExecutable(program) ? program.toString() : "jcmd";
    return Commands.run(Path.of("."), List.of(name, Long.toString(server.serverPid()), command));
  }
}
