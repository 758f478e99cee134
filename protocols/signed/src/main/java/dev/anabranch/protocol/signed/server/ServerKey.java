package dev.anabranch.protocol.signed.server;

import dev.anabranch.nostr.key.SecretKey;
import java.util.concurrent.CompletionStage;

/// Where the server's own key comes from.
@FunctionalInterface
public interface ServerKey {

  /// The key, made when there is none yet; must not block. Fails when it cannot be had.
  CompletionStage<SecretKey> get();
}
