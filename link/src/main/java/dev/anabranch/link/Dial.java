package dev.anabranch.link;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// Where to open a link to.
///
/// @param uri `ws://` or `wss://`, with path and query
/// @param headers further header fields of the handshake, `Authorization` for one
/// @param subprotocols offered in this order; may be empty
/// @param timeout for name, connection, TLS and handshake together
public record Dial(URI uri, Headers headers, List<String> subprotocols, Duration timeout) {
  public Dial {
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(headers, "headers");
    subprotocols = List.copyOf(subprotocols);
    if (!"ws".equalsIgnoreCase(uri.getScheme()) && !"wss".equalsIgnoreCase(uri.getScheme())) {
      throw new IllegalArgumentException("not a ws:// or wss:// address: " + uri);
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("an address without a host: " + uri);
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout " + timeout + " is not positive");
    }
  }

  /// A plain dial with a timeout of ten seconds.
  public static Dial to(URI uri) {
    return new Dial(uri, Headers.empty(), List.of(), Duration.ofSeconds(10));
  }

  /// This dial with one more header field.
  public Dial with(String name, String value) {
    return new Dial(uri, headers.with(name, value), subprotocols, timeout);
  }

  /// Whether the link is to be encrypted.
  public boolean secure() {
    return "wss".equalsIgnoreCase(uri.getScheme());
  }

  /// The port to connect to: the address's own, else 443 or 80.
  public int port() {
    return uri.getPort() >= 0 ? uri.getPort() : secure() ? 443 : 80;
  }
}
