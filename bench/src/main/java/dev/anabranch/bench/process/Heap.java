package dev.anabranch.bench.process;

import dev.anabranch.bench.failure.BenchFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The heap of a Java server, seen through `jcmd` and `/proc`.
public final class Heap {
  private static final Pattern USED = Pattern.compile("used (\\d+)K");
  private static final Pattern ADDRESS = Pattern.compile("0x([0-9a-f]{8,16})");
  private static final Pattern MAPPING = Pattern.compile("^([0-9a-f]+)-([0-9a-f]+) .*");
  private static final Pattern RESIDENT = Pattern.compile("^Rss: +(\\d+) kB");

  private Heap() {}

  /// Bytes of live objects, found by two full collections; empty for servers that are not Java.
  public static OptionalLong liveBytes(ServerProcess server) {
    if (!isJava(server)) {
      return OptionalLong.empty();
    }
    jcmd(server, "GC.run");
    jcmd(server, "GC.run");
    Matcher used = USED.matcher(layout(server));
    long kilobytes = 0;
    while (used.find()) {
      kilobytes += Long.parseLong(used.group(1));
    }
    return OptionalLong.of(kilobytes * 1024);
  }

  /// What the server needs: live objects and everything resident outside the heap.
  ///
  /// Heap pages that were once touched stay resident after a collection and serve the next objects,
  /// so that the resident set alone shows the past. For servers that are not Java it is all there
  /// is.
  public static long neededBytes(ServerProcess server) {
    OptionalLong live = liveBytes(server);
    long resident = server.figures().residentBytes();
    return live.isEmpty() ? resident : live.getAsLong() + resident - heapResidentBytes(server);
  }

  private static long heapResidentBytes(ServerProcess server) {
    long[] addresses =
        ADDRESS
            .matcher(layout(server))
            .results()
            .mapToLong(match -> Long.parseUnsignedLong(match.group(1), 16))
            .sorted()
            .toArray();
    return residentBytes(server, addresses[0], addresses[addresses.length - 1]);
  }

  private static long residentBytes(ServerProcess server, long from, long to) {
    long bytes = 0;
    boolean inside = false;
    for (String line : mappings(server)) {
      Matcher mapping = MAPPING.matcher(line);
      Matcher resident = RESIDENT.matcher(line);
      if (mapping.matches()) {
        long start = Long.parseUnsignedLong(mapping.group(1), 16);
        inside = Long.compareUnsigned(start, from) >= 0 && Long.compareUnsigned(start, to) < 0;
      } else if (inside && resident.find()) {
        bytes += 1024 * Long.parseLong(resident.group(1));
      }
    }
    return bytes;
  }

  private static List<String> mappings(ServerProcess server) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(server.serverPid()), "smaps"));
    } catch (IOException e) {
      throw new BenchFailure("cannot read the memory of a process", e);
    }
  }

  // Metaspace is listed behind the generations and is no part of the heap.
  private static String layout(ServerProcess server) {
    return jcmd(server, "GC.heap_info").replaceAll("(?s)Metaspace.*", "");
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
