package dev.anabranch.transport;

import dev.anabranch.link.limit.AddressNetwork;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// How many bytes of requests' bodies a server holds that are not answered yet, in all and of each
/// address. A body is held before anybody knows who sends it.
///
/// The only body, of all or of its address, is never too much: how long it may be its route says.
/// An address of this machine may take everything: it is the operator's, or a proxy's.
final class BodyRoom {
  private final TransportLimits.Http limits;
  private final AtomicLong held = new AtomicLong();
  private final ConcurrentHashMap<AddressNetwork, Long> heldByAddress = new ConcurrentHashMap<>();

  BodyRoom(TransportLimits.Http limits) {
    this.limits = limits;
  }

  /// The room of one body, of which it has none yet.
  Share share(InetAddress address) {
    return new Share(
        address.isLoopbackAddress() ? Optional.empty() : Optional.of(AddressNetwork.of(address)));
  }

  /// How many bytes are held.
  long held() {
    return held.get();
  }

  /// What one body holds. Taken by its connection's loop; given back by whoever comes first, of
  /// those who answer it and those who see it end.
  final class Share {
    private final Optional<AddressNetwork> address;
    private final AtomicInteger bytes = new AtomicInteger();

    private Share(Optional<AddressNetwork> address) {
      this.address = address;
    }

    /// Takes room for more, unless there is none.
    ///
    /// @return whether there was
    boolean take(int more) {
      int own = bytes.get() + more;
      long all = held.addAndGet(more);
      long ofAddress =
          address.map(network -> heldByAddress.merge(network, (long) more, Long::sum)).orElse(0L);
      bytes.set(own);
      return (all <= limits.bodiesBytesMax() || all == own)
          && (ofAddress <= limits.addressBodiesBytesMax() || ofAddress == own);
    }

    /// Gives everything back; a second time there is nothing left.
    void giveBack() {
      int own = bytes.getAndSet(0);
      if (own > 0) {
        held.addAndGet(-own);
        address.ifPresent(network ->
            heldByAddress.computeIfPresent(
                network, (same, sum) -> sum == own ? null : Long.valueOf(sum - own)));
      }
    }
  }
}
