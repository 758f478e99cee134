package dev.anabranch.transport;

import java.util.List;
import java.util.Objects;

/// What a [TransportServer] is to do.
///
/// @param listen one address or more
/// @param limits the bounds
/// @param origins the web pages that may read answers
public record TransportSettings(List<Listen> listen, TransportLimits limits, OriginPolicy origins) {
  public TransportSettings {
    listen = List.copyOf(listen);
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(origins, "origins");
    if (listen.isEmpty()) {
      throw new IllegalArgumentException("no address to listen on");
    }
  }

  /// One address with the default limits, for pages of the server itself.
  public static TransportSettings of(Listen listen) {
    return new TransportSettings(List.of(listen), TransportLimits.defaults(), OriginPolicy.none());
  }

  public TransportSettings with(TransportLimits other) {
    return new TransportSettings(listen, other, origins);
  }

  public TransportSettings with(OriginPolicy other) {
    return new TransportSettings(listen, limits, other);
  }
}
