package dev.anabranch.protocol.nostr.server;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Ranges of addresses; asking costs one look for each length among them, however many there are.
///
/// @param networks the ranges' first addresses by their bits
public record AddressSet(Map<Integer, Set<InetAddress>> networks) {

  /// No address.
  public static final AddressSet NONE = new AddressSet(Map.of());

  public AddressSet {
    Map<Integer, Set<InetAddress>> copy = new HashMap<>();
    networks.forEach((bits, each) -> copy.put(bits, Set.copyOf(each)));
    networks = Map.copyOf(copy);
  }

  /// The addresses of some ranges.
  public static AddressSet of(Set<AddressRange> ranges) {
    Map<Integer, Set<InetAddress>> networks = new HashMap<>();
    for (AddressRange range : ranges) {
      networks.computeIfAbsent(range.bits(), ignored -> new HashSet<>()).add(range.network());
    }
    return new AddressSet(networks);
  }

  /// The ranges.
  public Set<AddressRange> ranges() {
    Set<AddressRange> ranges = new HashSet<>();
    networks.forEach(
        (bits, each) -> each.forEach(network -> ranges.add(new AddressRange(network, bits))));
    return ranges;
  }

  /// Whether there is none.
  public boolean isEmpty() {
    return networks.isEmpty();
  }

  /// Whether an address is in one of them.
  public boolean contains(InetAddress address) {
    int length = 8 * address.getAddress().length;
    for (Map.Entry<Integer, Set<InetAddress>> each : networks.entrySet()) {
      if (each.getKey() <= length
          && each.getValue().contains(AddressRange.cut(address, each.getKey()))) {
        return true;
      }
    }
    return false;
  }
}
