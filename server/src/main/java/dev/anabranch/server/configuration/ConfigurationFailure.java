package dev.anabranch.server.configuration;

import org.jspecify.annotations.Nullable;

/// The configuration cannot be used; the message says what, where and what to write instead.
public final class ConfigurationFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// A sentence for the operator.
  public ConfigurationFailure(String message) {
    super(message);
  }

  /// A sentence for the operator, with what the machine said.
  public ConfigurationFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
