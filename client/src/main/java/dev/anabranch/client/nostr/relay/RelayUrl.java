package dev.anabranch.client.nostr.relay;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;

/// Where a relay is.
///
/// @param uri `ws://` or `wss://` with a host, at least `/` as its path, without a fragment
public record RelayUrl(URI uri) {

  private static final int PORT_MAX = 65_535;

  public RelayUrl {
    Objects.requireNonNull(uri, "uri");
    boolean isSocket = "ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme());
    boolean hasPath = uri.getRawPath() != null && uri.getRawPath().startsWith("/");
    boolean isPort = uri.getPort() != 0 && uri.getPort() <= PORT_MAX;
    if (!isSocket || uri.getHost() == null || !isPort || !hasPath || uri.getRawFragment() != null) {
      throw new IllegalArgumentException("not the address of a relay (wss://host): " + uri);
    }
  }

  /// The relay at an address; `http://` and `https://` are taken for `ws://` and `wss://`.
  ///
  /// @throws IllegalArgumentException when it is no such address
  public static RelayUrl of(String text) {
    String plain = text.strip();
    URI given = URI.create(plain.contains(":/") ? plain : "wss://" + plain);
    if (given.getRawFragment() != null) {
      throw new IllegalArgumentException("the address of a relay has no fragment: " + text);
    }
    String scheme =
        String.valueOf(given.getScheme()).toLowerCase(Locale.ROOT).replaceFirst("^http", "ws");
    String rest = given.getRawSchemeSpecificPart();
    boolean hasPath = given.getRawPath() != null && !given.getRawPath().isEmpty();
    return new RelayUrl(URI.create(scheme + ":" + rest + (hasPath ? "" : "/")));
  }

  /// The same place over HTTP, where NIP-11 and NIP-86 are spoken.
  public URI http() {
    return URI.create(uri.toString().replaceFirst("^ws", "http"));
  }

  public String text() {
    return uri.toString();
  }

  @Override
  public String toString() {
    return text();
  }
}
