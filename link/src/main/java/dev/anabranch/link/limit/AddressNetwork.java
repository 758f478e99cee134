package dev.anabranch.link.limit;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/// Whom a limit on addresses counts as one: an address of IPv4, or a /64 network of IPv6, because
/// one customer has a whole one to choose addresses from.
///
/// @param ipv6 whether it is a network of IPv6
/// @param prefix the network's 64 bits, or the address's 32
public record AddressNetwork(boolean ipv6, long prefix) {

  /// The network of an address.
  public static AddressNetwork of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() > Long.BYTES
        ? new AddressNetwork(true, bytes.getLong())
        : new AddressNetwork(false, bytes.getInt());
  }
}
