package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Authenticated;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Bootstrap;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Live;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Ping;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Pong;
import dev.anabranch.protocol.scope.wire.ScopeMessage.PresenceOf;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Pushed;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Refetch;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Sync;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ToClient;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What servers say, as JSON.
final class ToClientFormat {
  private ToClientFormat() {}

  static ToClient read(Fields fields) {
    String type = fields.text("type");
    return switch (type) {
      case "authenticated" ->
          new Authenticated(fields.name("principal", PrincipalId::parse), ref(fields));
      case "bootstrap" -> bootstrap(fields);
      case "sync" -> new Sync(scope(fields), EventFormat.readAll(fields));
      case "live" -> new Live(scope(fields), fields.number("lastSyncId", 0), ref(fields));
      case "pushed" -> new Pushed(PushFormat.readOutcomes(fields), ref(fields));
      case "presence" -> presence(fields);
      case "pong" -> new Pong(fields.textOrNull("nonce", Ping.NONCE_CHARS_MAX), ref(fields));
      case "refetch" -> new Refetch(scope(fields), reason(fields, "reason"), ref(fields));
      case "error" -> error(fields);
      default -> throw Mistake.of(ScopeFault.UNKNOWN_TYPE, "no message has the type " + type);
    };
  }

  private static Bootstrap bootstrap(Fields fields) {
    Map<ModelName, List<SyncRecord>> models = RecordFormat.readModels(fields);
    boolean last = fields.flag("final");
    long bodyRest = fields.numberOr("bodyRest", 0, 0);
    if (bodyRest > 0 && (last || models.size() != 1)) {
      throw Mistake.invalid("bodyRest stands beside one record, and not in the final frame");
    }
    return new Bootstrap(
        scope(fields), models, last, fields.number("lastSyncId", 0), bodyRest, ref(fields));
  }

  private static PresenceOf presence(Fields fields) {
    return new PresenceOf(
        scope(fields),
        fields.text("topic"),
        fields.name("principal", PrincipalId::parse),
        fields.text("device"),
        fields.number("client", 0),
        fields.objectOrNull("data"),
        fields.number("ttlMillis", 0));
  }

  private static ErrorAnswer error(Fields fields) {
    return new ErrorAnswer(
        fields.text("code"),
        fields.text("detail"),
        fields.textOrNull("scope", Integer.MAX_VALUE),
        fields.numberOr("retryAfterMillis", 0, 0),
        ref(fields));
  }

  /// A refetch reason; one that this version does not know is as good as any.
  static RefetchReason reason(Fields fields, String name) {
    return fields.name(
        name,
        word ->
            Optional.of(
                Arrays.stream(RefetchReason.values())
                    .filter(reason -> reason.word().equals(word))
                    .findFirst()
                    .orElse(RefetchReason.EPOCH)));
  }

  private static ScopeName scope(Fields fields) {
    return fields.name("scope", ScopeName::parse);
  }

  private static @Nullable Ref ref(Fields fields) {
    return FromClientFormat.ref(fields);
  }

  static void write(ToClient message, ObjectWriter object) {
    switch (message) {
      case Authenticated authenticated ->
          object
              .text("type", "authenticated")
              .text("principal", authenticated.principal().text())
              .textIfThere("ref", authenticated.ref());
      case Bootstrap bootstrap -> write(bootstrap, object);
      case Sync sync -> {
        object.text("type", "sync").text("scope", sync.scope().text());
        EventFormat.writeAll(sync.events(), object.name("events"));
      }
      case Live live ->
          object
              .text("type", "live")
              .text("scope", live.scope().text())
              .number("lastSyncId", live.lastSyncId())
              .textIfThere("ref", live.ref());
      case Pushed pushed -> {
        object.text("type", "pushed").textIfThere("ref", pushed.ref());
        PushFormat.writeOutcomes(pushed.outcomes(), object.name("outcomes"));
      }
      case PresenceOf presence -> write(presence, object);
      case Pong pong ->
          object
              .text("type", "pong")
              .textIfThere("nonce", pong.nonce())
              .textIfThere("ref", pong.ref());
      case Refetch refetch ->
          object
              .text("type", "refetch")
              .text("scope", refetch.scope().text())
              .text("reason", refetch.reason().word())
              .textIfThere("ref", refetch.ref());
      case ErrorAnswer error -> write(error, object);
    }
  }

  private static void write(Bootstrap bootstrap, ObjectWriter object) {
    object.text("type", "bootstrap").text("scope", bootstrap.scope().text());
    RecordFormat.writeModels(bootstrap.models(), object.name("models"));
    object
        .flag("final", bootstrap.last())
        .number("lastSyncId", bootstrap.lastSyncId())
        .numberIfThere("bodyRest", bootstrap.bodyRest() == 0 ? null : (Long) bootstrap.bodyRest())
        .textIfThere("ref", bootstrap.ref());
  }

  private static void write(PresenceOf presence, ObjectWriter object) {
    object
        .text("type", "presence")
        .text("scope", presence.scope().text())
        .text("topic", presence.topic())
        .text("principal", presence.principal().text())
        .text("device", presence.device())
        .number("client", presence.client())
        .object("data", presence.data())
        .number("ttlMillis", presence.ttlMillis());
  }

  private static void write(ErrorAnswer error, ObjectWriter object) {
    object
        .text("type", "error")
        .text("code", error.code())
        .text("detail", error.detail())
        .textIfThere("scope", error.scope());
    if (error.retryAfterMillis() > 0) {
      object.number("retryAfterMillis", error.retryAfterMillis());
    }
    object.textIfThere("ref", error.ref());
  }
}
