package dev.anabranch.transport;

import org.jspecify.annotations.Nullable;

/// The transport could not start: an address is taken, a certificate cannot be read.
public final class TransportFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TransportFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
