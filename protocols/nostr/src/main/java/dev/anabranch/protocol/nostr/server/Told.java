package dev.anabranch.protocol.nostr.server;

import dev.anabranch.link.Frame;
import dev.anabranch.nostr.message.RelayMessage;
import dev.anabranch.nostr.message.SubscriptionId;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// A new event on its way to those who want it: encoded once for all who chose the same id.
final class Told {

  private final Sight sight;
  private final boolean many;
  private final ConcurrentMap<SubscriptionId, Frame> frames = new ConcurrentHashMap<>(2);

  /// An event.
  ///
  /// @param many whether more than one wants it
  Told(Sight sight, boolean many) {
    this.sight = sight;
    this.many = many;
  }

  Sight sight() {
    return sight;
  }

  /// The frame for a subscription of this name.
  Frame frame(SubscriptionId id) {
    return many
        ? frames.computeIfAbsent(id, name -> Frame.shared(Frame.text(bytes(name, sight))))
        : Frame.text(bytes(id, sight));
  }

  /// `["EVENT",id,event]`, the event byte for byte (K7).
  static byte[] bytes(SubscriptionId id, Sight sight) {
    byte[] opening = RelayMessage.Delivery.opening(id).getBytes(StandardCharsets.UTF_8);
    byte[] json = sight.json().toArray();
    byte[] all = new byte[opening.length + json.length + 1];
    System.arraycopy(opening, 0, all, 0, opening.length);
    System.arraycopy(json, 0, all, opening.length, json.length);
    all[all.length - 1] = ']';
    return all;
  }
}
