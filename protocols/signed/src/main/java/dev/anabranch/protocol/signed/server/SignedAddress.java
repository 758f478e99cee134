package dev.anabranch.protocol.signed.server;

import dev.anabranch.link.Handshake;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a link leads: the address that challenges name and that answers are signed for.
///
/// A `Host` is whatever the other end says. Somebody between a client and this server would say one
/// of its own and pass on what the client signed for that, so a name counts that the operator told,
/// else one of the own machine only – the rule that the relay has for its authentications (NIP-42).
///
/// @param url `ws://` or `wss://` and all the rest, as challenges are to name it; empty = not told
/// @param relay the relay's URL, whose scheme and host count before the path that was dialled;
///   empty = not told
/// @param isLoopback whether a host's name means the own machine; asked where neither is told
public record SignedAddress(String url, String relay, Predicate<String> isLoopback) {

  private static final Pattern ORIGIN = Pattern.compile("wss?://[^/?#]+");
  private static final Pattern HOST =
      Pattern.compile("(?<name>\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?");

  public SignedAddress {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(relay, "relay");
    Objects.requireNonNull(isLoopback, "isLoopback");
  }

  /// The address of a link; empty when the server goes by none that the client could have dialled.
  Optional<String> of(Handshake handshake) {
    if (!url.isEmpty()) {
      return Optional.of(url);
    }
    return origin(handshake).map(origin -> origin + handshake.target().path());
  }

  private Optional<String> origin(Handshake handshake) {
    if (!relay.isEmpty()) {
      Matcher told = ORIGIN.matcher(relay);
      return told.lookingAt() ? Optional.of(told.group()) : Optional.empty();
    }
    Matcher host = HOST.matcher(said(handshake));
    return host.matches() && isLoopback.test(host.group("name"))
        ? Optional.of((handshake.peer().secure() ? "wss://" : "ws://") + host.group())
        : Optional.empty();
  }

  /// The `Host` that a client said; empty when it said none.
  static String said(Handshake handshake) {
    return handshake.headers().first("Host").orElse("");
  }
}
