package dev.anabranch.link;

import java.net.InetAddress;
import java.util.Objects;

/// Who is at the other end of a connection, as the socket itself knows it.
///
/// A name that a proxy's header claims is not a peer: whoever trusts such a header decides that
/// with [Handshake#headers] or [RequestHead#headers] in hand.
///
/// @param address the remote address
/// @param port the remote port, 0 to 65535
/// @param secure whether the connection is encrypted (TLS or QUIC)
public record Peer(InetAddress address, int port, boolean secure) {
  public Peer {
    Objects.requireNonNull(address, "address");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is outside 0..65535");
    }
  }

  /// Whether the peer is on this machine.
  public boolean loopback() {
    return address.isLoopbackAddress();
  }

  /// The address without a host name, as limits and logs show it: `203.0.113.7`,
  /// `2001:db8:0:0:0:0:0:1`.
  public String addressText() {
    return address.getHostAddress();
  }
}
