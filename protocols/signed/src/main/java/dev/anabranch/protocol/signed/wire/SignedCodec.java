package dev.anabranch.protocol.signed.wire;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.Parsed;
import dev.anabranch.protocol.signed.wire.SignedMessage.Connect;
import dev.anabranch.protocol.signed.wire.SignedMessage.Envelope;
import dev.anabranch.protocol.signed.wire.SignedMessage.Fetch;
import dev.anabranch.protocol.signed.wire.SignedMessage.InSession;
import dev.anabranch.protocol.signed.wire.SignedMessage.Link;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import dev.anabranch.protocol.signed.wire.SignedMessage.Ping;
import dev.anabranch.protocol.signed.wire.SignedMessage.Pong;
import dev.anabranch.protocol.signed.wire.SignedMessage.Resume;
import dev.anabranch.protocol.signed.wire.SignedMessage.Revoke;
import dev.anabranch.protocol.signed.wire.SignedMessage.Sync;
import dev.anabranch.protocol.signed.wire.SignedMessage.Unlink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Clients' frames: text → message. Nobody else knows their format.
public final class SignedCodec {

  /// What a client takes of the server: as deep as what HTTP lets in, and what a frame puts around
  /// it; as large as a change that fits no frame with others and goes alone.
  public static final JsonLimits TO_CLIENT = new JsonLimits(16 * 1024 * 1024, 40, 2_000_000);

  /// The most payloads of one batch.
  public static final int PAYLOADS_MAX = 100;

  /// The most entities in one answer to `fetch`.
  public static final int FETCH_MAX = 500;

  private static final int ID_CHARS_MAX = 200;
  private static final int NAMES_MAX = 100;
  private final JsonDecoder json;

  /// A codec with these limits of a text.
  public SignedCodec(JsonLimits limits) {
    this.json = new JsonDecoder(limits);
  }

  /// Whether a link's first frame is of this protocol: an object whose type is `connect`.
  public boolean opens(String text) {
    return json.decode(text) instanceof dev.anabranch.json.Decoded.Value(JsonObject frame)
        && frame.string("type").filter("connect"::equals).isPresent();
  }

  /// The message of a frame.
  ///
  /// A `connect` without a challenge may be spelled in any way: the seed's clients know no
  /// canonical JSON, and such a frame opens nothing by itself.
  public Decoded fromClient(String text) {
    return switch (json.decode(text)) {
      case dev.anabranch.json.Decoded.Malformed(String detail) ->
          new Decoded.Bad(new Refusal(SignedFault.MALFORMED, detail), null);
      case dev.anabranch.json.Decoded.Value(JsonObject frame) -> read(text, frame);
      case dev.anabranch.json.Decoded.Value ignored ->
          new Decoded.Bad(new Refusal(SignedFault.MALFORMED, "a frame is a JSON object"), null);
    };
  }

  /// The counter of a frame, to be echoed though nothing else is looked at; null = it says none.
  public @Nullable Long counter(String text) {
    return json.decode(text) instanceof dev.anabranch.json.Decoded.Value(JsonObject frame)
        ? counter(frame)
        : null;
  }

  private static @Nullable Long counter(JsonObject frame) {
    return frame.get("counter") instanceof JsonNumber number && number.isLong()
        ? number.longValue()
        : null;
  }

  private static Decoded read(String text, JsonObject frame) {
    Long counter = counter(frame);
    boolean bare = isConnect(frame) && frame.get("challenge") == null;
    Json signature = frame.get("signature");
    if (!Fields.isSignature(signature) && !(bare && signature == null)) {
      return new Decoded.Bad(unsigned(), counter);
    }
    int difference = bare ? -1 : CanonicalJson.difference(text, frame);
    if (difference >= 0) {
      return new Decoded.Bad(nonCanonical(text, frame, difference), counter);
    }
    try {
      return isConnect(frame) ? connect(frame) : inSession(frame);
    } catch (Fields.Mistake mistake) {
      return new Decoded.Bad(mistake.refusal(), counter);
    }
  }

  private static boolean isConnect(JsonObject frame) {
    return frame.string("type").filter("connect"::equals).isPresent();
  }

  /// Whoever sends it is not known to be who came in, whatever else is wrong with the frame.
  private static Refusal unsigned() {
    return new Refusal(
        SignedFault.BAD_SIGNATURE,
        "every frame has a signature of 128 lower-case hexadecimal digits");
  }

  private static Refusal nonCanonical(String text, JsonObject frame, int at) {
    String canonical = CanonicalJson.text(frame);
    return new Refusal(
        SignedFault.NON_CANONICAL,
        "at character "
            + at
            + " RFC 8785 wants "
            + piece(canonical, at)
            + ", not "
            + piece(text, at));
  }

  private static String piece(String text, int at) {
    return at >= text.length() ? "the end" : text.substring(at, Math.min(text.length(), at + 24));
  }

  private static Decoded connect(JsonObject frame) {
    Fields fields = new Fields(frame, "");
    Connect connect =
        new Connect(
            fields.key("pubkey"),
            fields.number("timestamp", 0),
            fields.textOrNull("challenge", 128),
            fields.textOrNull("relay", 2_000),
            fields.has("proof") ? proof(fields.object("proof")) : null);
    return new Decoded.Good(
        connect, null, frame, fields.has("signature") ? fields.signature("signature") : null);
  }

  private static Event proof(JsonObject event) {
    byte[] utf8 = event.text().getBytes(StandardCharsets.UTF_8);
    return switch (Event.parse(utf8, EventLimits.NONE)) {
      case Parsed.Value<Event>(Event proof) -> proof;
      case Parsed.Malformed<Event>(String detail) ->
          throw Fields.invalid("proof is no event: " + detail);
    };
  }

  private static Decoded inSession(JsonObject frame) {
    Fields fields = new Fields(frame, "");
    InSession message = message(fields.text("type", 40), fields);
    Envelope envelope =
        new Envelope(
            fields.text("session_id", 128),
            fields.number("counter", 1),
            fields.number("timestamp", 0));
    return new Decoded.Good(message, envelope, frame, fields.signature("signature"));
  }

  private static InSession message(String type, Fields fields) {
    return switch (type) {
      case "sync" -> sync(fields);
      case "fetch" -> fetch(fields);
      case "resume" -> resume(fields);
      case "ping" -> new Ping(fields.text("nonce", 128));
      case "pong" -> new Pong(fields.text("nonce", 128));
      case "link" -> link(fields);
      case "unlink" -> new Unlink(fields.key("key"));
      case "revoke" -> new Revoke(fields.key("key"));
      default ->
          throw new Fields.Mistake(
              SignedFault.UNKNOWN_TYPE,
              "no message has the type "
                  + type
                  + "; known are connect, sync, fetch, resume, ping, pong, link, unlink, revoke");
    };
  }

  private static Sync sync(Fields fields) {
    if (fields.has("payload")) {
      if (fields.has("payloads")) {
        throw Fields.invalid("a sync has a payload or payloads, not both");
      }
      return new Sync(List.of(payload(fields.object("payload"), "payload.")), false, true);
    }
    List<Payload> payloads = new ArrayList<>();
    for (Json each : fields.list("payloads", PAYLOADS_MAX)) {
      String place = "payloads[" + payloads.size() + "].";
      if (!(each instanceof JsonObject object)) {
        throw Fields.invalid(place + " must be an object");
      }
      payloads.add(payload(object, place));
    }
    if (payloads.isEmpty()) {
      throw Fields.invalid("payloads must hold at least one");
    }
    return new Sync(payloads, true, fields.flag("atomic"));
  }

  private static Payload payload(JsonObject object, String place) {
    Fields fields = new Fields(object, place);
    EntityKind entity =
        EntityKind.ofWord(fields.text("entity", 40))
            .orElseThrow(() -> fields.wrong("entity", "chat, settings, training_data or message"));
    EntityAction action =
        EntityAction.ofWord(fields.text("action", 40))
            .orElseThrow(() -> fields.wrong("action", "create, update or delete"));
    String id = fields.textOrNull("id", ID_CHARS_MAX);
    boolean creates = action == EntityAction.CREATE;
    if (id == null && !creates && entity != EntityKind.SETTINGS) {
      throw fields.wrong("id", "the entity's id");
    }
    String chat = entity == EntityKind.MESSAGE ? fields.text("chat", ID_CHARS_MAX) : null;
    if (chat == null && fields.has("chat")) {
      throw Fields.invalid(place + "chat is a message's");
    }
    long version = creates ? fields.numberOr("version", 0, 0) : fields.number("version", 0);
    if (creates && version != 0) {
      throw fields.wrong("version", "0 for a create");
    }
    JsonObject data =
        action == EntityAction.DELETE && !fields.has("data")
            ? JsonObject.EMPTY
            : fields.object("data");
    String key = fields.textOrNull("key", Payload.KEY_CHARS_MAX);
    return new Payload(
        entity,
        action,
        id,
        chat,
        data,
        version,
        key == null ? Hex.of(Signing.digest(object)) : key);
  }

  private static Fetch fetch(Fields fields) {
    EntityKind entity =
        EntityKind.ofWord(fields.text("entity", 40))
            .orElseThrow(() -> fields.wrong("entity", "chat, settings, training_data or message"));
    String id = fields.textOrNull("id", ID_CHARS_MAX);
    if (id == null && (entity == EntityKind.CHAT || entity == EntityKind.MESSAGE)) {
      throw fields.wrong("id", "the chat's id");
    }
    return new Fetch(
        entity,
        id,
        fields.texts("fields", NAMES_MAX),
        fields.numberOr("since", 0, 0),
        Math.toIntExact(Math.min(FETCH_MAX, fields.numberOr("limit", 1, FETCH_MAX))),
        fields.textOrNull("after", 1_000));
  }

  private static Resume resume(Fields fields) {
    Map<ScopeName, Long> cursors = new LinkedHashMap<>();
    if (fields.has("cursors")) { // as many as a frame holds
      JsonObject given = fields.object("cursors");
      Fields inside = new Fields(given, "cursors.");
      for (String name : given.fields().keySet()) {
        ScopeName scope =
            ScopeName.parse(name)
                .orElseThrow(() -> Fields.invalid("cursors names no scope: " + name));
        cursors.put(scope, inside.number(name, 0));
      }
    }
    return new Resume(fields.numberOr("lastSyncId", 0, 0), cursors);
  }

  private static Link link(Fields fields) {
    Fields statement = new Fields(fields.object("statement"), "statement.");
    statement.refuseOthersThan(Set.of("type", "server", "keep", "join", "timestamp"));
    if (!statement.text("type", 40).equals("link")) {
      throw statement.wrong("type", "link");
    }
    LinkStatement said =
        new LinkStatement(
            statement.key("server"),
            statement.key("keep"),
            statement.key("join"),
            statement.number("timestamp", 0));
    if (!said.json().equals(fields.object("statement"))) {
      throw Fields.invalid("statement must spell its keys as 64 hexadecimal digits");
    }
    return new Link(said, fields.signature("keep_signature"), fields.signature("join_signature"));
  }

  /// A frame that a peer sends, spelled canonically with its signature in place.
  public static String signed(JsonObject frame, String name, String signature) {
    return CanonicalJson.text(Objects.requireNonNull(frame).with(name, signature));
  }

  /// A frame that the server sent, as a client reads it; null when it is not one, or beyond
  /// [#TO_CLIENT].
  public static @Nullable JsonObject fromServer(String text) {
    return new JsonDecoder(TO_CLIENT).decode(text)
            instanceof dev.anabranch.json.Decoded.Value(JsonObject frame)
        ? frame
        : null;
  }
}
