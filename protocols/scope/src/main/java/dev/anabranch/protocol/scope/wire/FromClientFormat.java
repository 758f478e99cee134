package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Auth;
import dev.anabranch.protocol.scope.wire.ScopeMessage.FromClient;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Ping;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Presence;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Push;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Subscribe;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Unsubscribe;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What clients say, as JSON.
final class FromClientFormat {

  /// The types that begin a session of scope sync.
  static final Set<String> OPENING = Set.of("auth", "subscribe", "push", "ping", "presence");

  private FromClientFormat() {}

  static FromClient read(Fields fields) {
    String type = fields.text("type");
    return switch (type) {
      case "auth" -> new Auth(fields.text("token", Auth.TOKEN_CHARS_MAX), ref(fields));
      case "subscribe" ->
          new Subscribe(scope(fields), fields.numberOr("lastSyncId", 0, 0), ref(fields));
      case "unsubscribe" -> new Unsubscribe(scope(fields), ref(fields));
      case "push" ->
          new Push(
              PushFormat.readBatch(fields), ref(fields), fields.nameOrNull("after", Ref::parse));
      case "presence" -> presence(fields);
      case "ping" -> new Ping(fields.textOrNull("nonce", Ping.NONCE_CHARS_MAX), ref(fields));
      default -> throw Mistake.of(ScopeFault.UNKNOWN_TYPE, "no message has the type " + cut(type));
    };
  }

  private static Presence presence(Fields fields) {
    String topic = fields.textOrNull("topic", Present.TOPIC_CHARS_MAX);
    long ttlMillis = fields.numberOr("ttlMillis", 1, Present.TTL_MILLIS_MAX);
    if (ttlMillis > Present.TTL_MILLIS_MAX) {
      throw Mistake.invalid(
          "ttlMillis is " + ttlMillis + "; at most " + Present.TTL_MILLIS_MAX + " is accepted");
    }
    JsonObject data = fields.objectOrNull("data");
    if (data != null && data.text().length() > Present.VALUE_CHARS_MAX) {
      throw Mistake.of(
          ScopeFault.TOO_LARGE,
          "data of a presence has at most " + Present.VALUE_CHARS_MAX + " characters");
    }
    return new Presence(
        scope(fields),
        topic == null ? "" : topic,
        fields.nameOrNull("device", PushWrite::parseDevice),
        data,
        ttlMillis,
        ref(fields));
  }

  private static ScopeName scope(Fields fields) {
    return fields.name("scope", ScopeName::parse);
  }

  static @Nullable Ref ref(Fields fields) {
    return fields.nameOrNull("ref", Ref::parse);
  }

  private static String cut(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  static void write(FromClient message, ObjectWriter object) {
    switch (message) {
      case Auth auth -> object.text("type", "auth").text("token", auth.token());
      case Subscribe subscribe ->
          object
              .text("type", "subscribe")
              .text("scope", subscribe.scope().text())
              .number("lastSyncId", subscribe.lastSyncId());
      case Unsubscribe unsubscribe ->
          object.text("type", "unsubscribe").text("scope", unsubscribe.scope().text());
      case Push push ->
          PushFormat.write(
              push.batch(), object.text("type", "push").textIfThere("after", push.after()));
      case Presence presence -> write(presence, object.text("type", "presence"));
      case Ping ping -> object.text("type", "ping").textIfThere("nonce", ping.nonce());
    }
    object.textIfThere("ref", refOf(message));
  }

  private static void write(Presence presence, ObjectWriter object) {
    object.text("scope", presence.scope().text());
    if (!presence.topic().isEmpty()) {
      object.text("topic", presence.topic());
    }
    object
        .textIfThere("device", presence.device())
        .object("data", presence.data())
        .number("ttlMillis", presence.ttlMillis());
  }

  private static @Nullable Ref refOf(FromClient message) {
    return switch (message) {
      case Auth auth -> auth.ref();
      case Subscribe subscribe -> subscribe.ref();
      case Unsubscribe unsubscribe -> unsubscribe.ref();
      case Push push -> push.ref();
      case Presence presence -> presence.ref();
      case Ping ping -> ping.ref();
    };
  }
}
