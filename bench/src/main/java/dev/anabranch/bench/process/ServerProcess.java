package dev.anabranch.bench.process;

import dev.anabranch.bench.failure.BenchFailure;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// A server under measurement: started, awaited, looked at and ended.
public final class ServerProcess implements AutoCloseable {
  private static final Duration START_PATIENCE = Duration.ofSeconds(40);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
  private static final int LOG_TAIL_CHARACTERS = 2000;

  private final String name;
  private final int port;
  private final Path log;
  private final Process process;
  private final long startNanos;
  private final Duration untilReady;

  private ServerProcess(
      String name, int port, Path log, Process process, long startNanos, BooleanSupplier ready) {
    this.name = name;
    this.port = port;
    this.log = log;
    this.process = process;
    this.startNanos = startNanos;
    this.untilReady = awaitReady(ready);
  }

  /// A program to start.
  ///
  /// @param name as it is printed
  /// @param command program and arguments
  /// @param environment added to this process's own
  /// @param folder working directory, where the log goes too
  /// @param port where it will listen
  public record Plan(
      String name, List<String> command, Map<String, String> environment, Path folder, int port) {
    /// Copies what was given.
    public Plan {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }
  }

  /// Starts a server that is ready when its port accepts a connection.
  public static ServerProcess start(Plan plan) {
    return start(plan, () -> Ports.isOpen(plan.port()));
  }

  /// Starts a server that is ready when `ready` says so.
  public static ServerProcess start(Plan plan, BooleanSupplier ready) {
    Path log = plan.folder().resolve(plan.name().replaceAll("\\W+", "-") + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(plan.command())
            .directory(plan.folder().toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(plan.environment());
    try {
      long startNanos = System.nanoTime();
      Process process = builder.start();
      return new ServerProcess(plan.name(), plan.port(), log, process, startNanos, ready);
    } catch (IOException e) {
      throw new BenchFailure("cannot start " + plan.command().getFirst(), e);
    }
  }

  private Duration awaitReady(BooleanSupplier ready) {
    boolean settled = Pause.until(() -> !process.isAlive() || ready.getAsBoolean(), START_PATIENCE);
    if (!settled || !process.isAlive()) {
      kill();
      throw new BenchFailure(name + " did not start: " + logTail());
    }
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /// The end of what the process printed.
  public String logTail() {
    try {
      String text = Files.readString(log);
      return text.substring(Math.max(0, text.length() - LOG_TAIL_CHARACTERS)).strip();
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  /// From starting the program to its being ready.
  public Duration untilReady() {
    return untilReady;
  }

  /// Where it listens.
  public InetSocketAddress address() {
    return Ports.address(port);
  }

  /// `127.0.0.1:port`, as it stands in a Host header.
  public String authority() {
    return "127.0.0.1:" + port;
  }

  /// Memory and processor time now.
  public ProcessFigures figures() {
    return ProcessFigures.of(serverPid());
  }

  /// The server's own process: of a launcher that starts it as a child, the child.
  public long serverPid() {
    return process
        .toHandle()
        .descendants()
        .filter(child -> child.info().command().orElse("").endsWith("java"))
        .findFirst()
        .orElse(process.toHandle())
        .pid();
  }

  /// Whether it runs.
  public boolean isAlive() {
    return process.isAlive();
  }

  /// Ends it at once, as a power cut would (SIGKILL), with everything it started: first itself,
  /// which would start more, and returns when all of it is gone.
  public void kill() {
    List<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    if (!Pause.until(() -> all.stream().noneMatch(ProcessHandle::isAlive), STOP_PATIENCE)) {
      throw new BenchFailure(name + " does not die");
    }
  }

  /// Ends it in order (SIGTERM), or at once when it takes longer than five seconds.
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!awaitEnd()) {
      kill();
    }
  }

  private boolean awaitEnd() {
    try {
      return process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }
}
