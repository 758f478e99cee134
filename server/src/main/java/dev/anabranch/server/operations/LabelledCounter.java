package dev.anabranch.server.operations;

import io.micrometer.core.instrument.Counter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// One counter for each value of a label; a value appears when it is first counted.
final class LabelledCounter {

  private final Metrics metrics;
  private final String name;
  private final String help;
  private final String label;
  private final ConcurrentMap<String, Counter> counters = new ConcurrentHashMap<>();

  LabelledCounter(Metrics metrics, String name, String help, String label) {
    this.metrics = metrics;
    this.name = name;
    this.help = help;
    this.label = label;
  }

  /// Counts one.
  ///
  /// @param value one of few: each is kept for ever
  void increment(String value) {
    counters.computeIfAbsent(value, seen -> metrics.counter(name, help, label, seen)).increment();
  }
}
