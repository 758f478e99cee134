package dev.anabranch.server.plugin;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.protocol.nostr.server.NostrFault;
import dev.anabranch.protocol.nostr.server.Sender;
import dev.anabranch.protocol.nostr.server.WritePolicy;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the operator's program, one event after the other, over its standard input and output.
///
/// A program that is slow, ends, or says what nobody understands is ended and started again after a
/// wait that doubles; meanwhile events are judged as the settings say.
public final class PluginWritePolicy implements WritePolicy, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PluginWritePolicy.class);

  private record Asked(Event event, Sender sender, CompletableFuture<Ruling> ruling) {}

  private final PluginSettings settings;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Runnable failed;
  private final BlockingQueue<Asked> waiting;
  private final Thread worker;
  private volatile boolean closed;
  private @Nullable PluginProcess process;
  private long waitMillis = PluginSettings.WAIT_MILLIS_MIN;
  private long startAtNanos;

  /// A policy; the program is started with the first event.
  ///
  /// @param nanos a monotonic clock
  /// @param failed called for every event that the program did not judge
  public PluginWritePolicy(
      PluginSettings settings, InstantSource clock, LongSupplier nanos, Runnable failed) {
    this.settings = settings;
    this.clock = clock;
    this.nanos = nanos;
    this.failed = failed;
    this.waiting = new ArrayBlockingQueue<>(settings.waitingMax());
    this.startAtNanos = nanos.getAsLong();
    this.worker = Thread.ofVirtual().name("write-policy").start(this::work);
  }

  @Override
  public CompletionStage<Ruling> judge(Event event, Sender sender) {
    Asked asked = new Asked(event, sender, new CompletableFuture<>());
    if (closed || !waiting.offer(asked)) {
      asked.ruling().complete(unjudged("more events wait for the write policy than may"));
    }
    return asked.ruling();
  }

  private void work() {
    try {
      while (!closed) {
        Asked asked = waiting.take();
        asked.ruling().complete(ruling(asked));
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } finally {
      end("the relay closes");
      Deque<Asked> left = new ArrayDeque<>();
      waiting.drainTo(left);
      left.forEach(asked -> asked.ruling().complete(unjudged("the relay closes")));
    }
  }

  private Ruling ruling(Asked asked) throws InterruptedException {
    PluginProcess running = process;
    if (running == null) {
      if (nanos.getAsLong() - startAtNanos < 0) {
        return unjudged("the relay's write policy is away; publish again in a moment");
      }
      running = start();
      if (running == null) {
        return unjudged("the relay's write policy does not start");
      }
    }
    try {
      Optional<Ruling> ruling = answer(running, asked);
      if (ruling.isPresent()) {
        waitMillis = PluginSettings.WAIT_MILLIS_MIN;
        return ruling.get();
      }
      end(
          running.isAlive()
              ? "it took longer than " + settings.timeoutMillis() + " ms"
              : "it ended");
    } catch (PluginLine.Unintelligible line) {
      end(String.valueOf(line.getMessage()));
    }
    return unjudged("the relay's write policy did not answer; publish again in a moment");
  }

  /// What the program says of an event; empty when it says nothing in time.
  private Optional<Ruling> answer(PluginProcess running, Asked asked) throws InterruptedException {
    String told = PluginLine.of(asked.event(), asked.sender(), clock.millis() / 1000);
    long untilNanos = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(settings.timeoutMillis());
    if (!running.say(told, untilNanos - nanos.getAsLong())) {
      return Optional.empty();
    }
    for (String line = running.line(untilNanos - nanos.getAsLong());
        line != null;
        line = running.line(untilNanos - nanos.getAsLong())) {
      Optional<Ruling> ruling = PluginLine.ruling(line, asked.event().id());
      if (ruling.isPresent()) {
        return ruling;
      }
    }
    return Optional.empty();
  }

  private @Nullable PluginProcess start() {
    try {
      PluginProcess started = PluginProcess.start(settings.command());
      LOG.info("the write policy {} runs", settings.command());
      process = started;
      return started;
    } catch (IOException cannot) {
      later(String.valueOf(cannot.getMessage()));
      return null;
    }
  }

  private void end(String why) {
    PluginProcess running = process;
    if (running != null) {
      process = null;
      running.end();
      later(why);
    }
  }

  private void later(String why) {
    if (!closed) {
      LOG.error(
          "the write policy {} is started again in {} ms: {}", settings.command(), waitMillis, why);
    }
    startAtNanos = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
    waitMillis = Math.min(2 * waitMillis, PluginSettings.WAIT_MILLIS_MAX);
  }

  private Ruling unjudged(String why) {
    failed.run();
    return settings.acceptsOnFailure()
        ? new Ruling.Accept()
        : new Ruling.Reject(NostrFault.UNAVAILABLE, why);
  }

  @Override
  public void close() {
    closed = true;
    worker.interrupt();
  }
}
