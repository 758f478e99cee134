package dev.anabranch.nostr.rule;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The names under which clients reach a relay: host and, unless it is usual, port.
///
/// @param hosts `relay.example` or `127.0.0.1:7447`, lower case; international names in ASCII
///   (`xn--…`), the usual ports left out
public record RelayAddress(Set<String> hosts) {

  private static final Pattern AUTHORITY =
      Pattern.compile("(?:[^@]*@)?(?<name>\\[[^\\]]+\\]|[^:@\\[\\]]+)(?::(?<port>[0-9]{0,5}))?");

  public RelayAddress {
    Set<String> lower = new LinkedHashSet<>();
    hosts.forEach(host ->
        lower.add(
            parse("wss://" + host)
                .orElseThrow(() -> new IllegalArgumentException("no host: " + host))
                .text()));
    hosts = Set.copyOf(lower);
  }

  /// The address of our own URLs.
  ///
  /// @throws IllegalArgumentException when one of them has no host: nobody could ever name it
  public static RelayAddress ofUrls(Set<String> urls) {
    Set<String> hosts = new LinkedHashSet<>();
    urls.forEach(url ->
        hosts.add(
            parse(url)
                .orElseThrow(() -> new IllegalArgumentException("no URL with a host: " + url))
                .text()));
    return new RelayAddress(hosts);
  }

  /// Whether a URL means this relay; its path and scheme do not matter (NIP-42).
  public boolean isNamedBy(String url) {
    return parse(url).map(Host::text).filter(hosts::contains).isPresent();
  }

  /// The host that a relay's URL names, without port, as [#hosts] spells it.
  public static Optional<String> host(String url) {
    return parse(url).map(Host::name);
  }

  /// A host and its port, −1 when it is a usual one.
  private record Host(String name, int port) {

    private String text() {
      return port < 0 ? name : name + ":" + port;
    }
  }

  /// The host of a URL by its authority: names with `_` and international ones are none to [URI].
  private static Optional<Host> parse(String url) {
    try {
      URI parsed = new URI(url.strip());
      String authority = parsed.getAuthority();
      if (authority == null || parsed.getScheme() == null) {
        return Optional.empty();
      }
      Matcher parts = AUTHORITY.matcher(authority);
      if (!parts.matches()) {
        return Optional.empty();
      }
      String name = IDN.toASCII(parts.group("name"), IDN.ALLOW_UNASSIGNED);
      return Optional.of(new Host(name.toLowerCase(Locale.ROOT), port(parts.group("port"))));
    } catch (URISyntaxException | IllegalArgumentException noUrl) {
      return Optional.empty();
    }
  }

  private static int port(@Nullable String digits) {
    int port = digits == null || digits.isEmpty() ? -1 : Integer.parseInt(digits);
    return port == 443 || port == 80 ? -1 : port;
  }
}
