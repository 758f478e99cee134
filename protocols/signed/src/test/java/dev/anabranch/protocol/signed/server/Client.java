package dev.anabranch.protocol.signed.server;

import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.SignedCodec;
import dev.anabranch.protocol.signed.wire.Signing;
import java.util.ArrayList;
import java.util.List;

/// A client as a test plays it, on a [TestLink].
final class Client {

  private static final JsonDecoder JSON = new JsonDecoder(JsonLimits.PUSH);

  private final TestLink link;
  private final SecretKey key;
  private String session = "";
  private long counter;

  Client(TestLink link, SecretKey key) {
    this.link = link;
    this.key = key;
  }

  TestLink link() {
    return link;
  }

  JsonObject introduction() {
    return JsonObject.EMPTY
        .with("type", "connect")
        .with("pubkey", key.publicKey().hex())
        .with("timestamp", House.NOW);
  }

  /// Opens the session.
  Client connect() {
    answer();
    session = only(heard()).string("session_id").orElseThrow();
    return this;
  }

  /// Answers the challenge of the link.
  void answer() {
    link.say(introduction().text());
    String challenge = only(heard()).string("challenge").orElseThrow();
    link.say(signed(introduction().with("challenge", challenge)));
  }

  private String signed(JsonObject frame) {
    return SignedCodec.signed(
        frame, Signing.SIGNATURE, key.sign(Signing.digestOfFrame(frame)).hex());
  }

  private static JsonObject only(List<JsonObject> frames) {
    if (frames.size() == 1) {
      return frames.getFirst();
    }
    throw new AssertionError(frames.toString());
  }

  /// Says a frame of the session.
  Client say(JsonObject frame) {
    link.say(
        signed(
            frame
                .with("session_id", session)
                .with("counter", ++counter)
                .with("timestamp", House.NOW)));
    return this;
  }

  Client say(String frame) {
    return say(json(frame));
  }

  /// Says a frame and hears its answer, the only one.
  JsonObject ask(String frame) {
    say(frame);
    return only(heard());
  }

  /// Says a sync of one payload and hears what it came to.
  JsonObject sync(String payload) {
    return ask("{\"type\":\"sync\",\"payload\":" + payload + "}");
  }

  /// What has come since it was asked last.
  List<JsonObject> heard() {
    return link.read().stream().map(Client::json).toList();
  }

  /// Reads until nothing comes any more.
  List<JsonObject> heardAll() {
    List<JsonObject> all = new ArrayList<>();
    for (List<JsonObject> some = heard(); !some.isEmpty(); some = heard()) {
      all.addAll(some);
    }
    return all;
  }

  static JsonObject json(String text) {
    if (JSON.decode(text) instanceof Decoded.Value(JsonObject object)) {
      return object;
    }
    throw new AssertionError("not an object: " + text);
  }
}
