package dev.anabranch.transport;

import java.util.Objects;
import java.util.Optional;

/// An address to listen on.
///
/// @param host a name or an address of this machine: `127.0.0.1`, `::`, `0.0.0.0`
/// @param port 0 to 65535; 0 takes any free port
/// @param tls the certificate to show; empty for an unencrypted port
public record Listen(String host, int port, Optional<TlsFiles> tls) {
  public Listen {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(tls, "tls");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is outside 0..65535");
    }
  }

  /// An unencrypted port.
  public static Listen plain(String host, int port) {
    return new Listen(host, port, Optional.empty());
  }

  /// An encrypted port.
  public static Listen secure(String host, int port, TlsFiles tls) {
    return new Listen(host, port, Optional.of(tls));
  }
}
