package dev.anabranch.server.plugin;

import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.message.Prefix;
import dev.anabranch.protocol.nostr.server.NostrFault;
import dev.anabranch.protocol.nostr.server.Sender;
import dev.anabranch.protocol.nostr.server.WritePolicy.Ruling;
import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The lines between the relay and a program that judges events, as strfry's plugins speak them.
///
/// To it: `{"type":"new","event","receivedAt","sourceType":"IP4"|"IP6","sourceInfo","authed"?}`.
/// From it: `{"id","action":"accept"|"reject"|"shadowReject","msg"?}`.
final class PluginLine {

  private static final JsonDecoder DECODER = new JsonDecoder(new JsonLimits(64 * 1024, 8, 1_000));
  private static final int DETAIL_CHARS_MAX = 500;

  private PluginLine() {}

  /// The line says nothing that a program of this protocol says.
  static final class Unintelligible extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unintelligible(String line) {
      super("it said " + (line.length() > 80 ? line.substring(0, 80) + "…" : line));
    }
  }

  /// What is told of an event.
  static String of(Event event, Sender sender, long nowSeconds) {
    StringBuilder line = new StringBuilder("{\"type\":\"new\",\"event\":");
    event.writeTo(line);
    line.append(",\"receivedAt\":").append(nowSeconds);
    boolean isFour = sender.address() instanceof Inet4Address;
    line.append(",\"sourceType\":\"").append(isFour ? "IP4" : "IP6");
    line.append("\",\"sourceInfo\":");
    JsonString.quote(sender.address().getHostAddress(), line);
    sender.keys().stream()
        .sorted()
        .findFirst()
        .ifPresent(key -> line.append(",\"authed\":\"").append(key.hex()).append('"'));
    return line.append('}').toString();
  }

  /// What a line rules of an event; empty when it speaks of another one.
  ///
  /// @throws Unintelligible when it rules nothing
  static Optional<Ruling> ruling(String line, EventId id) {
    if (!(DECODER.decode(line.getBytes(StandardCharsets.UTF_8))
        instanceof Decoded.Value(JsonObject said))) {
      throw new Unintelligible(line);
    }
    if (!said.string("id").orElse("").equals(id.hex())) {
      return Optional.empty();
    }
    return Optional.of(
        switch (said.string("action").orElse("")) {
          case "accept" -> new Ruling.Accept();
          case "reject" -> rejected(said.string("msg").orElse(""));
          case "shadowReject" -> new Ruling.Pretend();
          default -> throw new Unintelligible(line);
        });
  }

  /// The program's sentence may begin with a word that clients know; any other is `blocked`.
  private static Ruling rejected(String message) {
    String sentence =
        message.length() > DETAIL_CHARS_MAX ? message.substring(0, DETAIL_CHARS_MAX) : message;
    Optional<NostrFault> fault = Prefix.of(sentence).flatMap(PluginLine::fault);
    String detail =
        fault.isPresent()
            ? sentence.substring(sentence.indexOf(':') + 1).strip()
            : sentence.strip();
    return new Ruling.Reject(
        fault.orElse(NostrFault.UNWANTED),
        detail.isEmpty() ? "the relay's write policy does not want this event" : detail);
  }

  private static Optional<NostrFault> fault(Prefix prefix) {
    return switch (prefix) {
      case BLOCKED -> Optional.of(NostrFault.UNWANTED);
      case POW -> Optional.of(NostrFault.TOO_LITTLE_WORK);
      case RATE_LIMITED -> Optional.of(NostrFault.RATE_LIMITED);
      case INVALID -> Optional.of(NostrFault.MALFORMED);
      case RESTRICTED -> Optional.of(NostrFault.RESTRICTED);
      case AUTH_REQUIRED -> Optional.of(NostrFault.AUTH_REQUIRED);
      case ERROR -> Optional.of(NostrFault.UNAVAILABLE);
      case DUPLICATE, MUTE, UNSUPPORTED, INFO, CLOSED -> Optional.empty();
    };
  }
}
