package dev.anabranch.server.operations;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import dev.anabranch.server.configuration.LogSettings;
import org.slf4j.LoggerFactory;

/// Sets up the log: one line an event, to standard error, without secrets.
public final class Logging {

  private Logging() {}

  /// Writes from now on as the settings say.
  public static void configure(LogSettings settings) {
    configure((LoggerContext) LoggerFactory.getILoggerFactory(), settings);
  }

  static void configure(LoggerContext context, LogSettings settings) {
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(appender(context, settings.format()));
    root.setLevel(Level.WARN);
    context.getLogger("dev.anabranch").setLevel(Level.toLevel(settings.level().name()));
  }

  private static ConsoleAppender<ILoggingEvent> appender(
      LoggerContext context, LogSettings.Format format) {
    LogLine line = new LogLine(format);
    line.setContext(context);
    line.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(line);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }
}
