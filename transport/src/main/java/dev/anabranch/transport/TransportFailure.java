package dev.anabranch.transport;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// The transport could not start: an address cannot be had, a certificate cannot be used.
public final class TransportFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What was in the way.
  public enum Kind {
    /// The port is taken, or not for this program.
    PORT,
    /// The host is not this machine, or nobody knows it.
    HOST,
    /// A certificate or its key cannot be used.
    CERTIFICATE
  }

  private final Kind kind;

  TransportFailure(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /// What was in the way.
  public Kind kind() {
    return kind;
  }

  /// A certificate that cannot be used, and why.
  static TransportFailure ofCertificate(String which, Exception cause) {
    return new TransportFailure(
        Kind.CERTIFICATE,
        switch (cause) {
          case NoSuchFileException absent -> "there is no file " + absent.getFile();
          case AccessDeniedException closed -> "the file " + closed.getFile() + " may not be read";
          default -> which + " cannot be used: " + said(cause);
        },
        cause);
  }

  private static String said(Exception cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
