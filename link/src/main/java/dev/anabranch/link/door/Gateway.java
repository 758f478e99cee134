package dev.anabranch.link.door;

import dev.anabranch.link.Handshake;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;

/// A protocol that can serve a link whose first frame is its own.
public interface Gateway {

  /// Whether a link's first text frame belongs to this protocol; pure.
  boolean opensWith(String firstFrame);

  /// Takes over a link; the first frame is then delivered like any other.
  ///
  /// @param handshake how the link began: path, query and headers
  LinkHandler open(Link link, Handshake handshake);
}
