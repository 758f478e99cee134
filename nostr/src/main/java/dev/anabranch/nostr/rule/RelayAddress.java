package dev.anabranch.nostr.rule;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The names under which clients reach a relay: host and, unless it is usual, port.
///
/// @param hosts `relay.example` or `127.0.0.1:7447`, lower case
public record RelayAddress(Set<String> hosts) {

  public RelayAddress {
    Set<String> lower = new LinkedHashSet<>();
    hosts.forEach(host -> lower.add(host.toLowerCase(Locale.ROOT)));
    hosts = Set.copyOf(lower);
  }

  /// The address of relays' URLs; one that is none is read over.
  public static RelayAddress ofUrls(Set<String> urls) {
    Set<String> hosts = new LinkedHashSet<>();
    urls.forEach(url -> host(url).ifPresent(hosts::add));
    return new RelayAddress(hosts);
  }

  /// Whether a URL means this relay; its path and scheme do not matter (NIP-42).
  public boolean isNamedBy(String url) {
    return host(url).filter(hosts::contains).isPresent();
  }

  private static Optional<String> host(String url) {
    try {
      URI parsed = new URI(url.strip());
      String host = parsed.getHost();
      if (host == null || parsed.getScheme() == null) {
        return Optional.empty();
      }
      String name = host.toLowerCase(Locale.ROOT);
      return Optional.of(isUsual(parsed) ? name : name + ":" + parsed.getPort());
    } catch (URISyntaxException noUrl) {
      return Optional.empty();
    }
  }

  private static boolean isUsual(URI url) {
    return url.getPort() < 0 || url.getPort() == 443 || url.getPort() == 80;
  }
}
