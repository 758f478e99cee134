package dev.anabranch.protocol.nostr.server;

import dev.anabranch.link.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// How a client may spell the relay's address in the proof of a request (NIP-98).
///
/// It is the whole URL, exactly: of the address that the configuration names, or, where it names
/// none, of a loopback host and the port that was asked. With `ws` or `http`; a slash at the end of
/// a bare host says nothing.
///
/// @param url `wss://relay.example/`; empty = none is said
/// @param loopbackHosts the names that count where none is said
public record RelayUrls(String url, Set<String> loopbackHosts) {

  public RelayUrls {
    loopbackHosts = Set.copyOf(loopbackHosts);
  }

  /// The spellings that are good for a request to the relay; none for one with a query.
  List<String> of(HttpRequest request) {
    if (!request.target().query().isEmpty()) {
      return List.of();
    }
    String address = url.isEmpty() ? asked(request) : url;
    if (address.isEmpty()) {
      return List.of();
    }
    return spellings(address);
  }

  private static List<String> spellings(String address) {
    String rest = address.substring(address.indexOf("://"));
    boolean secure = address.startsWith("wss") || address.startsWith("https");
    List<String> spellings = new ArrayList<>();
    for (String scheme : secure ? List.of("https", "wss") : List.of("http", "ws")) {
      spellings.add(scheme + rest);
      int path = rest.indexOf('/', 3);
      if (path < 0) {
        spellings.add(scheme + rest + "/");
      } else if (path == rest.length() - 1) {
        spellings.add(scheme + rest.substring(0, path));
      }
    }
    return spellings;
  }

  private String asked(HttpRequest request) {
    String host = request.headers().first("Host").orElse("").toLowerCase(Locale.ROOT);
    String name = host.replaceFirst(":[0-9]{1,5}$", "");
    return loopbackHosts.contains(name)
        ? (request.peer().secure() ? "https://" : "http://") + host + "/"
        : "";
  }
}
