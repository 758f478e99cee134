package dev.anabranch.server.identity;

import dev.anabranch.link.Headers;
import dev.anabranch.link.Peer;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// What keeps an open server to its own machine.
///
/// The socket alone is not enough: a web page of a stranger, opened in a browser on this machine,
/// comes over the loopback too. So `Host` must name the loopback (a name that an attacker points
/// here does not) and `Origin` must be absent, the loopback, or a page the operator allowed.
public final class LoopbackPolicy {

  private static final Pattern IPV4 = Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

  private final List<String> origins;

  /// With other origins that are welcome, as browsers spell them.
  public LoopbackPolicy(List<String> origins) {
    this.origins = List.copyOf(origins);
  }

  /// Why a request may not come in; empty when it may.
  public Optional<String> objection(Peer peer, Headers headers) {
    if (!peer.loopback()) {
      return Optional.of("this server is open to its own machine only; set auth.mode = \"token\"");
    }
    String host = headers.first("Host").map(LoopbackPolicy::withoutPort).orElse("");
    if (!isLoopbackName(host)) {
      return Optional.of("Host must be localhost or a loopback address on an open server");
    }
    Optional<String> origin = headers.first("Origin");
    return origin.isEmpty() || isWelcome(origin.get())
        ? Optional.empty()
        : Optional.of("pages of other origins may not use an open server; see auth.origins");
  }

  private boolean isWelcome(String origin) {
    if (origins.contains("*") || origins.contains(origin)) {
      return true;
    }
    try {
      String host = URI.create(origin).getHost();
      return host != null && isLoopbackName(host);
    } catch (IllegalArgumentException notAnOrigin) {
      return false;
    }
  }

  /// Whether a name or literal address means this machine, without asking any name server.
  public static boolean isLoopbackName(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || IPV4.matcher(name).matches()
        || name.equals("[::1]")
        || name.equals("::1");
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > 0 && colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  /// Whether listening on a host reaches this machine only.
  public static boolean bindsLoopback(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException unknown) {
      return false;
    }
  }
}
