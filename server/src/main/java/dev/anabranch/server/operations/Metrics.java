package dev.anabranch.server.operations;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/// The figures of a server, as Prometheus reads them; `docs/operations.md` lists them.
///
/// Labels are bounded: model names are the writers' own, so only the first [#MODELS_MAX] get a
/// label and the rest share `other`.
public final class Metrics implements AutoCloseable {

  /// The most models that have a label of their own.
  static final int MODELS_MAX = 100;

  private static final Duration[] BUCKETS = {
    Duration.ofNanos(250_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final ConcurrentMap<Written, Counter> writes = new ConcurrentHashMap<>();
  private final Set<ModelName> labelled = ConcurrentHashMap.newKeySet();

  /// What a write came to, as the label sees it.
  private record Written(String model, String outcome, String gateway) {}

  /// Figures of the JVM; everything else is added by who counts it.
  public Metrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  /// All figures in Prometheus' text format.
  public String text() {
    return registry.scrape();
  }

  Counter counter(String name, String what, String... labels) {
    return Counter.builder("anabranch." + name).description(what).tags(labels).register(registry);
  }

  /// Counts one at each run.
  public Runnable counting(String name, String what, String... labels) {
    return counter(name, what, labels)::increment;
  }

  /// Counts what is refused for its rate, whoever refuses it.
  public Counter rateLimited() {
    return counter("rate.limited", "Requests and messages refused for their rate");
  }

  Timer timer(String name, String what) {
    return Timer.builder("anabranch." + name)
        .description(what)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  DistributionSummary summary(String name, String what, double... buckets) {
    return DistributionSummary.builder("anabranch." + name)
        .description(what)
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  AtomicInteger gauge(String name, String what) {
    AtomicInteger value = new AtomicInteger();
    gauge(name, what, value::get);
    return value;
  }

  /// A figure that is asked for when it is read.
  public void gauge(String name, String what, IntSupplier value) {
    Gauge.builder("anabranch." + name, value, IntSupplier::getAsInt)
        .description(what)
        .strongReference(true)
        .register(registry);
  }

  void written(ModelName model, Outcome outcome, String gateway) {
    writes
        .computeIfAbsent(
            new Written(label(model), word(outcome), gateway),
            written ->
                counter(
                    "writes",
                    "Writes by what they came to",
                    "model",
                    written.model(),
                    "outcome",
                    written.outcome(),
                    "gateway",
                    written.gateway()))
        .increment();
  }

  private String label(ModelName model) {
    return labelled.contains(model) || (labelled.size() < MODELS_MAX && labelled.add(model))
        ? model.text()
        : "other";
  }

  private static String word(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied ignored -> "applied";
      case Outcome.Duplicate ignored -> "duplicate";
      case Outcome.Conflict ignored -> "conflict";
      case Outcome.Refused refused -> refused.fault().code().name().toLowerCase(Locale.ROOT);
    };
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
