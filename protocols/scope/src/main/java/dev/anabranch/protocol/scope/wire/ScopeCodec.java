package dev.anabranch.protocol.scope.wire;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.protocol.scope.wire.Decoded.Bad;
import dev.anabranch.protocol.scope.wire.Decoded.Good;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Text frames ↔ [ScopeMessage]: nobody else knows how a message is spelled.
///
/// Decoding never throws: what is wrong comes back as a [Refusal] that names the place. Safe to use
/// from many threads.
public final class ScopeCodec {

  /// The longest frame a server sends, in bytes, unless a single event is longer, or a record
  /// without its body.
  public static final int FRAME_BYTES_MAX = 512 * 1024;

  /// What a client must be ready to read: one document update of 8 MiB in base64, in an envelope.
  public static final JsonLimits TO_CLIENT = new JsonLimits(16 * 1024 * 1024, 40, 2_000_000);

  private static final Pattern OPENING_TYPE =
      Pattern.compile(
          "\"type\"\\s*+:\\s*+\"(" + String.join("|", FromClientFormat.OPENING) + ")\"");

  private final JsonDecoder json;

  private ScopeCodec(JsonLimits limits) {
    this.json = new JsonDecoder(limits);
  }

  /// A codec that reads what clients send.
  ///
  /// @param limits what one frame may hold; a longer one than the link lets through is no use
  public static ScopeCodec ofServer(JsonLimits limits) {
    return new ScopeCodec(limits);
  }

  /// A codec that reads what servers send.
  public static ScopeCodec ofClient() {
    return new ScopeCodec(TO_CLIENT);
  }

  /// What a client's frame says.
  public Decoded<ScopeMessage.FromClient> fromClient(String frame) {
    return decode(frame, FromClientFormat::read);
  }

  /// What a server's frame says.
  public Decoded<ScopeMessage.ToClient> toClient(String frame) {
    return decode(frame, ToClientFormat::read);
  }

  /// Whether a frame that is a connection's first asks for scope sync: an object whose `type` is
  /// `auth`, `subscribe`, `push`, `ping` or `presence`. One that cannot be read asks for it too
  /// when it begins as an object and names one of these types somewhere: its sender is to hear what
  /// is wrong with it, as of any later frame.
  public boolean opens(String frame) {
    return switch (json.decode(frame)) {
      case dev.anabranch.json.Decoded.Value(JsonObject object) ->
          object.string("type").filter(FromClientFormat.OPENING::contains).isPresent();
      case dev.anabranch.json.Decoded.Value ignored -> false;
      case dev.anabranch.json.Decoded.Malformed ignored ->
          frame.stripLeading().startsWith("{") && OPENING_TYPE.matcher(frame).find();
    };
  }

  private <T> Decoded<T> decode(String frame, Function<Fields, T> read) {
    return switch (json.decode(frame)) {
      case dev.anabranch.json.Decoded.Malformed(String detail) ->
          new Bad<>(new Refusal(ScopeFault.MALFORMED, detail), null, null);
      case dev.anabranch.json.Decoded.Value(JsonObject object) -> decode(object, read);
      case dev.anabranch.json.Decoded.Value(Json other) ->
          new Bad<>(
              new Refusal(ScopeFault.INVALID, "a message is an object, not " + kind(other)),
              null,
              null);
    };
  }

  private static <T> Decoded<T> decode(JsonObject object, Function<Fields, T> read) {
    try {
      return new Good<>(read.apply(Fields.of(object)));
    } catch (Mistake mistake) {
      return new Bad<>(mistake.refusal(), scopeOf(object), refOf(object));
    }
  }

  private static String kind(Json value) {
    return switch (value) {
      case JsonObject ignored -> "an object";
      case JsonArray ignored -> "an array";
      case JsonString ignored -> "a string";
      case JsonNumber ignored -> "a number";
      case JsonBoolean ignored -> "true or false";
      case JsonNull ignored -> "null";
    };
  }

  private static @Nullable String scopeOf(JsonObject object) {
    return object.string("scope").filter(scope -> scope.length() <= 300).orElse(null);
  }

  private static @Nullable Ref refOf(JsonObject object) {
    return object.string("ref").flatMap(Ref::parse).orElse(null);
  }

  /// A message as the text of a frame.
  public static String encode(ScopeMessage message) {
    StringBuilder out = new StringBuilder(128);
    ObjectWriter object = ObjectWriter.begin(out);
    switch (message) {
      case ScopeMessage.FromClient request -> FromClientFormat.write(request, object);
      case ScopeMessage.ToClient answer -> ToClientFormat.write(answer, object);
    }
    object.end();
    return out.toString();
  }

  /// Events of one scope as `sync` frames of at most [#FRAME_BYTES_MAX] bytes of UTF-8; each event
  /// is spelled once, and one that is longer goes alone.
  ///
  /// @param events consecutive events of one scope; at least one
  public static List<byte[]> syncFrames(List<SyncEvent> events) {
    SyncEvent first = Objects.requireNonNull(events.getFirst());
    FrameSplitter frames = FrameSplitter.ofSync(first.scope(), FRAME_BYTES_MAX);
    StringBuilder text = new StringBuilder(256);
    for (SyncEvent event : events) {
      text.setLength(0);
      EventFormat.write(event, text);
      frames.add(text.toString().getBytes(StandardCharsets.UTF_8));
    }
    return frames.end();
  }

  /// A bootstrap's page as `bootstrap` frames of at most about [#FRAME_BYTES_MAX] bytes; a record
  /// whose body is longer comes in parts.
  ///
  /// @param page all records of the page; it may have none, and is one frame then
  public static List<String> bootstrapFrames(ScopeMessage.Bootstrap page) {
    List<String> frames = new ArrayList<>();
    for (ScopeMessage.Bootstrap part : BootstrapSplitter.split(page, FRAME_BYTES_MAX)) {
      frames.add(encode(part));
    }
    return frames;
  }
}
