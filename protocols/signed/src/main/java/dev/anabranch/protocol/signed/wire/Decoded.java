package dev.anabranch.protocol.signed.wire;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.Signature;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What reading a client's frame gives.
public sealed interface Decoded {

  /// A frame that is well formed; whether its signature is good is not known yet.
  ///
  /// @param message what it says
  /// @param envelope its place in the session; null for a `connect`
  /// @param frame the whole frame
  /// @param signature what it is signed with; null for the seed's `connect` without one
  record Good(
      SignedMessage message,
      SignedMessage.@Nullable Envelope envelope,
      JsonObject frame,
      @Nullable Signature signature)
      implements Decoded {
    public Good {
      Objects.requireNonNull(message, "message");
      Objects.requireNonNull(frame, "frame");
    }
  }

  /// Why it is no frame.
  ///
  /// @param refusal what to answer
  /// @param counter the frame's counter, to be echoed; null = it had none
  record Bad(Refusal refusal, @Nullable Long counter) implements Decoded {}
}
