package dev.anabranch.server.plugin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running program: lines in, lines out; what it says on standard error is logged.
final class PluginProcess {

  private static final Logger LOG = LoggerFactory.getLogger("dev.anabranch.plugin");
  private static final int LINE_CHARS_MAX = 64 * 1024;
  private static final int LINES_MAX = 16;
  private static final String END = "\0";

  private final Process process;
  private final SynchronousQueue<String> told = new SynchronousQueue<>();
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES_MAX);

  private volatile boolean ended;
  private volatile @Nullable Thread writer;

  private PluginProcess(Process process) {
    this.process = process;
  }

  /// Starts a program.
  ///
  /// @throws IOException when it cannot be started
  static PluginProcess start(List<String> command) throws IOException {
    PluginProcess started = new PluginProcess(new ProcessBuilder(command).start());
    Process process = started.process;
    Thread.ofVirtual()
        .name("write-policy-out")
        .start(() -> {
          read(process.getInputStream(), started::put);
          started.put(END); // no line holds it: a line is no JSON then
        });
    started.writer = Thread.ofVirtual().name("write-policy-in").start(started::write);
    Thread.ofVirtual()
        .name("write-policy-err")
        .start(() -> read(process.getErrorStream(), line -> LOG.info("write policy: {}", line)));
    return started;
  }

  private void put(String line) {
    try {
      while (!ended && !lines.offer(line, 1, TimeUnit.SECONDS)) {
        // Nobody wants it yet.
      }
    } catch (InterruptedException nobodyListens) {
      Thread.currentThread().interrupt();
    }
  }

  /// Tells the program a line, once it has read the line before.
  ///
  /// @return whether it began to read in time
  boolean say(String line, long withinNanos) throws InterruptedException {
    return told.offer(line, withinNanos, TimeUnit.NANOSECONDS);
  }

  /// A program that does not read blocks this thread and no other.
  private void write() {
    try (OutputStream in = process.getOutputStream()) {
      while (!ended) {
        in.write((told.take() + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
      }
    } catch (IOException gone) {
      put(END);
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  /// The program's next line; null when there is none in time, or it has ended.
  @Nullable String line(long withinNanos) throws InterruptedException {
    String line = lines.poll(Math.max(0, withinNanos), TimeUnit.NANOSECONDS);
    return line == null || line.equals(END) ? null : line;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Ends it and everything that it started. Does not wait: as long as something holds the other
  /// end of a pipe, closing ours may.
  void end() {
    ended = true;
    Thread.ofVirtual().name("write-policy-end").start(this::kill);
    Thread writing = writer;
    if (writing != null) {
      writing.interrupt();
    }
  }

  /// A shell's children hold its pipes and outlive it, so they go first.
  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void read(InputStream from, Consumer<String> into) {
    try (Reader text = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
      StringBuilder line = new StringBuilder();
      for (int sign = text.read(); sign >= 0; sign = text.read()) {
        if (sign == '\n') {
          into.accept(line.toString());
          line.setLength(0);
        } else if (line.length() < LINE_CHARS_MAX) {
          line.append((char) sign);
        }
      }
    } catch (IOException ended) {
      LOG.debug("the write policy's stream ended", ended);
    }
  }
}
