package dev.anabranch.server.operations;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.server.configuration.LogSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// One event as a line, for people or for programs.
///
/// For people: time, level, where, what; a trace below it. For programs: one JSON object with `at`,
/// `level`, `logger`, `thread`, `message` and, when something broke, `trace`.
public final class LogLine extends LayoutBase<ILoggingEvent> {

  private final LogSettings.Format format;

  /// Lines of a format.
  public LogLine(LogSettings.Format format) {
    this.format = format;
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    return switch (format) {
      case TEXT -> Redaction.of(text(event));
      case JSON -> json(event) + "\n";
    };
  }

  private static String text(ILoggingEvent event) {
    return "%s %-5s %s  %s%n%s"
        .formatted(
            at(event),
            event.getLevel(),
            shortName(event.getLoggerName()),
            event.getFormattedMessage(),
            trace(event));
  }

  private static String json(ILoggingEvent event) {
    JsonObject line =
        JsonObject.EMPTY
            .with("at", at(event).toString())
            .with("level", event.getLevel().toString())
            .with("logger", event.getLoggerName())
            .with("thread", event.getThreadName())
            .with("message", Redaction.of(event.getFormattedMessage()));
    String trace = trace(event);
    return (trace.isEmpty() ? line : line.with("trace", Redaction.of(trace))).text();
  }

  private static Instant at(ILoggingEvent event) {
    return Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS);
  }

  private static String trace(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    return thrown == null ? "" : ThrowableProxyUtil.asString(thrown);
  }

  private static String shortName(String logger) {
    return logger.startsWith("dev.anabranch.")
        ? logger.substring("dev.anabranch.".length())
        : logger;
  }
}
