package dev.anabranch.cli.folder;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Effects;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A change and the hash of its write as a JSON object, with everything that the log knows of it;
/// `counted` only where its device has counted further.
final class ChangeText {

  private ChangeText() {}

  static JsonObject of(ExportedChange exported) {
    Effects.Logged logged = exported.logged();
    Change change = logged.change();
    JsonObject text =
        JsonObject.EMPTY
            .with("id", change.id())
            .with("seq", change.seq())
            .with("scope", change.scope().text())
            .with("model", change.entity().model().text())
            .with("entity", change.entity().id().text())
            .with("action", change.action().word())
            .with("version", change.version())
            .with("key", change.key().text())
            .with("author", change.author().text())
            .with("device", change.cause().device().text())
            .with("n", change.cause().n())
            .with("base", change.cause().base())
            .with("hlc", change.hlc())
            .with("prior", change.prior())
            .with("origin", change.origin())
            .with("at", change.at())
            .with("erased", JsonBoolean.of(change.erased()))
            .with("hash", hex(logged.hash().high()) + hex(logged.hash().low()));
    text =
        exported.counted() > change.cause().n() ? text.with("counted", exported.counted()) : text;
    JsonObject data = change.data();
    text = data == null ? text : text.with("data", data);
    text = with(text, "body", change.body());
    return with(text, "proof", change.proof());
  }

  private static JsonObject with(JsonObject text, String name, @Nullable Bytes bytes) {
    return bytes == null
        ? text
        : text.with(name, Base64.getEncoder().encodeToString(bytes.toArray()));
  }

  private static String hex(long half) {
    return String.format("%016x", half);
  }

  /// The change that a text spells.
  ///
  /// @throws IllegalArgumentException when it spells none
  static ExportedChange parse(JsonObject text) {
    EntityKey entity =
        new EntityKey(
            new ScopeName(string(text, "scope")),
            new ModelName(string(text, "model")),
            new EntityId(string(text, "entity")));
    Json data = text.get("data");
    Change change =
        new Change(
            number(text, "id"),
            number(text, "seq"),
            entity,
            Action.ofWord(string(text, "action")).orElseThrow(() -> missing("action")),
            number(text, "version"),
            data instanceof JsonObject object ? object : null,
            bytes(text, "body"),
            new WriteKey(string(text, "key")),
            new PrincipalId(string(text, "author")),
            new Cause(
                new DeviceId(string(text, "device")), number(text, "n"), number(text, "base")),
            number(text, "hlc"),
            number(text, "prior"),
            bytes(text, "proof"),
            string(text, "origin"),
            number(text, "at"),
            text.get("erased") == JsonBoolean.TRUE);
    long counted = text.number("counted").orElse(change.cause().n());
    return new ExportedChange(new Effects.Logged(change, hash(string(text, "hash"))), counted);
  }

  private static WriteHash hash(String hex) {
    return new WriteHash(
        Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16));
  }

  private static @Nullable Bytes bytes(JsonObject text, String name) {
    return text.string(name).map(Base64.getDecoder()::decode).map(Bytes::of).orElse(null);
  }

  private static String string(JsonObject text, String name) {
    return text.string(name).orElseThrow(() -> missing(name));
  }

  private static long number(JsonObject text, String name) {
    return text.number(name).orElseThrow(() -> missing(name));
  }

  private static IllegalArgumentException missing(String name) {
    return new IllegalArgumentException(name + " is missing or has the wrong shape");
  }
}
