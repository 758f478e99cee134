package dev.anabranch.bench.process;

import dev.anabranch.bench.failure.BenchFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What a process costs, as Linux counts it in `/proc`.
///
/// @param residentBytes resident set size
/// @param cpuMillis processor time since the start, user and system
public record ProcessFigures(long residentBytes, long cpuMillis) {
  private static final long CLOCK_TICK_MILLIS = 10;
  // In /proc/PID/stat, counted from the field behind the closing parenthesis of the name.
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  /// The figures of a running process.
  public static ProcessFigures of(long pid) {
    Path folder = Path.of("/proc", Long.toString(pid));
    return new ProcessFigures(residentBytes(folder), cpuMillis(folder));
  }

  private static long residentBytes(Path folder) {
    try (Stream<String> lines = Files.lines(folder.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new BenchFailure("cannot read the memory of a process", e);
    }
  }

  private static long cpuMillis(Path folder) {
    try {
      String stat = Files.readString(folder.resolve("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return CLOCK_TICK_MILLIS
          * (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]));
    } catch (IOException e) {
      throw new BenchFailure("cannot read the processor time of a process", e);
    }
  }

  /// Resident set size in MB (10⁶ bytes).
  public double residentMegabytes() {
    return residentBytes / 1e6;
  }
}
