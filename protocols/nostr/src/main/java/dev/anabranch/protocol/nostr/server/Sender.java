package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.key.PublicKey;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Set;

/// Who brings an event.
///
/// @param address where from
/// @param keys those that the connection authenticated
/// @param hosts the names that this relay is known by there
public record Sender(InetAddress address, Set<PublicKey> keys, Set<String> hosts) {

  public Sender {
    Objects.requireNonNull(address, "address");
    keys = Set.copyOf(keys);
    hosts = Set.copyOf(hosts);
  }
}
