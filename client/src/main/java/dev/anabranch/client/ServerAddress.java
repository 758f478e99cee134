package dev.anabranch.client;

import java.net.URI;
import java.util.Locale;

/// The address of a server as people write it.
public final class ServerAddress {

  private static final int PORT_MAX = 65_535;

  private ServerAddress() {}

  /// The WebSocket endpoint at an address: `/sync`, if the address has no path of its own.
  ///
  /// @param server such as `https://example.org` or `ws://127.0.0.1:8080/sync`
  /// @throws IllegalArgumentException when it is no such address, with what is wrong
  public static URI endpoint(String server) {
    URI uri = URI.create(server);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    String webSocket =
        switch (scheme) {
          case "http", "ws" -> "ws";
          case "https", "wss" -> "wss";
          default ->
              throw new IllegalArgumentException("not an address with http or https: " + server);
        };
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("an address without a host: " + server);
    }
    if (uri.getPort() == 0 || uri.getPort() > PORT_MAX) {
      throw new IllegalArgumentException("no port has the number " + uri.getPort());
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the address of a server has no name before an @, no ? and no #: " + uri.getHost());
    }
    String path =
        uri.getRawPath() == null || uri.getRawPath().length() < 2 ? "/sync" : uri.getRawPath();
    return URI.create(webSocket + "://" + uri.getRawAuthority() + path);
  }
}
