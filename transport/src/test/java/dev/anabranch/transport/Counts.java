package dev.anabranch.transport;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Metrics that can be looked at.
final class Counts implements TransportMetrics {
  private final ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>();

  long of(String name) {
    LongAdder count = counts.get(name);
    return count == null ? 0 : count.sum();
  }

  private void add(String name, long amount) {
    counts.computeIfAbsent(name, n -> new LongAdder()).add(amount);
  }

  @Override
  public void connectionOpened() {
    add("opened", 1);
  }

  @Override
  public void connectionClosed() {
    add("closed", 1);
  }

  @Override
  public void connectionRefused(Refusal why) {
    add("refused " + why, 1);
  }

  @Override
  public void deadlineMissed(Deadline which) {
    add("missed " + which, 1);
  }

  @Override
  public void httpAnswered(int status) {
    add("answered " + status, 1);
  }

  @Override
  public void httpRefused(int status) {
    add("refused " + status, 1);
  }

  @Override
  public void httpBroken() {
    add("broken", 1);
  }

  @Override
  public void linkOpened() {
    add("link opened", 1);
  }

  @Override
  public void linkClosed(int code) {
    add("link closed " + code, 1);
  }

  @Override
  public void frameSent(int bytes) {
    add("sent bytes", bytes);
  }

  @Override
  public void frameRefused(int code) {
    add("frame refused " + code, 1);
  }

  @Override
  public void linkPaused() {
    add("paused", 1);
  }

  @Override
  public void linkResumed() {
    add("resumed", 1);
  }

  @Override
  public void linkOverflowed() {
    add("overflowed", 1);
  }

  @Override
  public void pendingBytes(long bytes) {
    add("pending", bytes);
  }

  @Override
  public void tlsReloaded(boolean ok) {
    add("reloaded " + ok, 1);
  }
}
