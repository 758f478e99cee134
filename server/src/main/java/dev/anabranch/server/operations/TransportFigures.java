package dev.anabranch.server.operations;

import dev.anabranch.transport.TransportMetrics;
import io.micrometer.core.instrument.Counter;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes figures of what the transport does.
public final class TransportFigures implements TransportMetrics {

  private static final Logger LOG = LoggerFactory.getLogger("dev.anabranch.transport");

  private final Metrics metrics;
  private final AtomicInteger connections;
  private final AtomicInteger links;
  private final Counter broken;
  private final Counter messages;
  private final Counter messageBytes;
  private final Counter frameBytes;
  private final Counter paused;
  private final Counter overflowed;
  private final AtomicLong pendingBytes = new AtomicLong();
  private final ConcurrentMap<Integer, Counter> answered = new ConcurrentHashMap<>();

  /// Figures among a server's.
  public TransportFigures(Metrics metrics) {
    this.metrics = metrics;
    connections = metrics.gauge("connections", "Open connections");
    links = metrics.gauge("links", "Open WebSockets");
    broken = metrics.counter("http.broken", "Answers that broke off");
    messages = metrics.counter("messages.received", "WebSocket messages received");
    messageBytes = metrics.counter("messages.received.bytes", "Bytes of them, inflated");
    frameBytes = metrics.counter("frames.sent.bytes", "Bytes of WebSocket frames sent");
    paused = metrics.counter("links.paused", "Times a peer read too slowly");
    metrics.gauge(
        "links.pending.bytes",
        "Bytes that wait for peers of WebSockets to take them",
        () -> Math.clamp(pendingBytes.get(), 0, Integer.MAX_VALUE));
    overflowed = metrics.counter("links.overflowed", "Peers cut off because they did not read");
  }

  @Override
  public void connectionOpened() {
    connections.incrementAndGet();
  }

  @Override
  public void connectionClosed() {
    connections.decrementAndGet();
  }

  @Override
  public void connectionRefused(Refusal why) {
    metrics.counter("connections.refused", "Connections not let in", "why", word(why)).increment();
  }

  @Override
  public void deadlineMissed(Deadline which) {
    metrics
        .counter("deadlines.missed", "Peers that were too slow", "which", word(which))
        .increment();
  }

  @Override
  public void httpAnswered(int status) {
    answered
        .computeIfAbsent(
            status,
            code ->
                metrics.counter(
                    "http.answers", "Answers by status", "status", Integer.toString(code)))
        .increment();
  }

  @Override
  public void httpRefused(int status) {
    metrics
        .counter(
            "http.refused",
            "Requests refused for how they were made",
            "status",
            Integer.toString(status))
        .increment();
  }

  @Override
  public void httpBroken() {
    broken.increment();
  }

  @Override
  public void linkOpened() {
    links.incrementAndGet();
  }

  @Override
  public void linkClosed(int code) {
    links.decrementAndGet();
    metrics
        .counter("links.closed", "WebSockets closed, by code", "code", boundedCode(code))
        .increment();
  }

  /// Peers choose codes from 3000 on; ours among them are few.
  private static String boundedCode(int code) {
    return code < 3000 || (code >= 4400 && code < 4500) ? Integer.toString(code) : "other";
  }

  @Override
  public void messageReceived(int bytes) {
    messages.increment();
    messageBytes.increment(bytes);
  }

  @Override
  public void frameSent(int bytes) {
    frameBytes.increment(bytes);
  }

  @Override
  public void frameRefused(int code) {
    metrics
        .counter("frames.refused", "Frames that broke a rule", "code", Integer.toString(code))
        .increment();
  }

  @Override
  public void linkPaused() {
    paused.increment();
  }

  @Override
  public void linkOverflowed() {
    overflowed.increment();
  }

  @Override
  public void pendingBytes(long bytes) {
    pendingBytes.addAndGet(bytes);
  }

  @Override
  public void tlsReloaded(boolean ok) {
    metrics
        .counter("tls.reloads", "Certificates read again", "ok", Boolean.toString(ok))
        .increment();
    if (ok) {
      LOG.info("the certificate was read again and is in use");
    } else {
      LOG.error("the changed certificate cannot be used; the one before stays");
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
