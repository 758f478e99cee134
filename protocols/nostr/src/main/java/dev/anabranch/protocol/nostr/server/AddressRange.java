package dev.anabranch.protocol.nostr.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An address, or all that begin with the same bits.
///
/// @param network the first of them: what is behind the bits is zero
/// @param bits how many they have in common: 0 to 32, or to 128 for IPv6
public record AddressRange(InetAddress network, int bits) {

  private static final Pattern TEXT =
      Pattern.compile("(?<address>[0-9A-Fa-f:.]{2,45})(?:/(?<bits>[0-9]{1,3}))?");

  public AddressRange {
    Objects.requireNonNull(network, "network");
    if (bits < 0 || bits > 8 * network.getAddress().length) {
      throw new IllegalArgumentException(bits + " bits of " + network.getHostAddress());
    }
    network = cut(network, bits);
  }

  /// One address.
  public static AddressRange of(InetAddress address) {
    return new AddressRange(address, 8 * address.getAddress().length);
  }

  /// The range of a text such as `203.0.113.7`, `203.0.113.0/24` or `2001:db8::/32`; no name server
  /// is asked.
  public static Optional<AddressRange> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    try {
      InetAddress address = InetAddress.ofLiteral(parts.group("address"));
      String bits = parts.group("bits");
      return Optional.of(
          bits == null ? of(address) : new AddressRange(address, Integer.parseInt(bits)));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  /// The address with everything behind some bits zero.
  static InetAddress cut(InetAddress address, int bits) {
    byte[] bytes = address.getAddress();
    for (int index = 0; index < bytes.length; index++) {
      int kept = Math.clamp(bits - 8L * index, 0, 8);
      bytes[index] &= (byte) (0xff << (8 - kept));
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("4 or 16 bytes are an address", impossible);
    }
  }

  /// As it is written: the bits only where they are not all.
  public String text() {
    String address = network.getHostAddress();
    return bits == 8 * network.getAddress().length ? address : address + "/" + bits;
  }

  @Override
  public String toString() {
    return text();
  }
}
