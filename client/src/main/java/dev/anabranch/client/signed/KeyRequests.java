package dev.anabranch.client.signed;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import dev.anabranch.protocol.signed.wire.Signing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Changes of keys that wait for the server's answer: they are asked on an open line or not at all.
/// Confined to the device's thread.
final class KeyRequests {

  /// Who asks for more at a time is told to ask again.
  private static final int WAITING_MAX = 100;

  private static final KeyOutcome NO_LINE =
      new KeyOutcome.Refused("unavailable", "there is no line to the server now; ask again");

  private final SignedTelling telling;
  private final Set<CompletableFuture<KeyOutcome>> asked = new HashSet<>();
  private final Map<Long, CompletableFuture<KeyOutcome>> waiting = new HashMap<>();

  KeyRequests(SignedTelling telling) {
    this.telling = telling;
  }

  /// Both keys' statement that the second one joins the first one's principal.
  static JsonObject link(PublicKey server, SecretKey keep, SecretKey join, long nowMillis) {
    LinkStatement statement =
        new LinkStatement(server, keep.publicKey(), join.publicKey(), nowMillis);
    byte[] digest = Signing.digest(statement.json());
    return JsonObject.EMPTY
        .with("type", "link")
        .with("statement", statement.json())
        .with("keep_signature", keep.sign(digest).hex())
        .with("join_signature", join.sign(digest).hex());
  }

  /// A frame that names one key.
  ///
  /// @param type `unlink` or `revoke`
  static JsonObject of(String type, PublicKey key) {
    return JsonObject.EMPTY.with("type", type).with("key", key.hex());
  }

  boolean isFull() {
    return asked.size() >= WAITING_MAX;
  }

  void asked(CompletableFuture<KeyOutcome> answer) {
    asked.add(answer);
  }

  void sent(long counter, CompletableFuture<KeyOutcome> answer) {
    waiting.put(counter, answer);
  }

  /// Takes an answer, if it is to one of these.
  boolean heard(JsonObject frame) {
    CompletableFuture<KeyOutcome> answer = waiting.remove(frame.number("re").orElse(0));
    if (answer == null) {
      return false;
    }
    asked.remove(answer);
    telling.answer(
        answer,
        frame.string("type").filter("error"::equals).isPresent()
            ? new KeyOutcome.Refused(
                frame.string("code").orElse(""), frame.string("detail").orElse(null))
            : new KeyOutcome.Changed(frame.string("principal").orElse("")));
    return true;
  }

  /// Says that nobody answers.
  void giveUp(CompletableFuture<KeyOutcome> answer) {
    telling.answer(answer, NO_LINE);
  }

  /// The line is gone: whether the server did what it was asked, nobody knows.
  void lost() {
    asked.forEach(this::giveUp);
    asked.clear();
    waiting.clear();
  }
}
