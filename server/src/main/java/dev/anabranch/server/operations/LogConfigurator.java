package dev.anabranch.server.operations;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.anabranch.server.configuration.LogSettings;

/// Sets up the log before anything is said, without a file: warnings and worse, as text.
///
/// A server then says more, as its configuration wants it ([Logging]). Found by Logback through
/// `META-INF/services`.
public final class LogConfigurator extends ContextAwareBase implements Configurator {

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    Logging.configure(context, new LogSettings(LogSettings.Format.TEXT, LogSettings.Level.WARN));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
