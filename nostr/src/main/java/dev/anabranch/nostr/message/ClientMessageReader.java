package dev.anabranch.nostr.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventReader;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.filter.FilterReader;
import dev.anabranch.nostr.message.ClientMessage.Authenticate;
import dev.anabranch.nostr.message.ClientMessage.Close;
import dev.anabranch.nostr.message.ClientMessage.Count;
import dev.anabranch.nostr.message.ClientMessage.Publish;
import dev.anabranch.nostr.message.ClientMessage.ReconcileClose;
import dev.anabranch.nostr.message.ClientMessage.ReconcileNext;
import dev.anabranch.nostr.message.ClientMessage.ReconcileOpen;
import dev.anabranch.nostr.message.ClientMessage.Request;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.JsonReader;
import dev.anabranch.nostr.text.MalformedText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Reads what a client says.
final class ClientMessageReader {

  private static final String EVENT = "[\"EVENT\"";

  private final byte[] bytes;
  private final MessageLimits limits;
  private final JsonReader json;
  private String label = "";
  private @Nullable SubscriptionId subscription;

  private ClientMessageReader(byte[] bytes, MessageLimits limits) {
    this.bytes = bytes;
    this.limits = limits;
    this.json = new JsonReader(bytes);
  }

  static ClientText read(byte[] bytes, MessageLimits limits) {
    return bytes.length > limits.bytesMax()
        ? tooLong(bytes, limits.bytesMax())
        : new ClientMessageReader(bytes, limits).read();
  }

  /// Of an event that is too long the id is looked for all the same: it is to have its OK.
  private static ClientText tooLong(byte[] bytes, int bytesMax) {
    String detail = "the message has " + bytes.length + " bytes; at most " + bytesMax;
    String beginning = new String(bytes, 0, Math.min(EVENT.length(), bytes.length), ISO_8859_1);
    return beginning.equals(EVENT) ? wrongEvent(bytes, detail) : new ClientText.Wrong(detail);
  }

  private ClientText read() {
    try {
      json.expect('[');
      label = json.string();
      ClientMessage message = message();
      json.expect(']');
      json.expectEnd();
      return new ClientText.Understood(message);
    } catch (MalformedText malformed) {
      return wrong(malformed);
    }
  }

  private ClientMessage message() {
    return switch (label) {
      case "EVENT" -> new Publish(event());
      case "REQ" -> request(Request::new);
      case "CLOSE" -> new Close(subscription());
      case "COUNT" -> request(Count::new);
      case "AUTH" -> new Authenticate(event());
      case "NEG-OPEN" -> new ReconcileOpen(subscription(), nextFilter(), digits());
      case "NEG-MSG" -> new ReconcileNext(subscription(), digits());
      case "NEG-CLOSE" -> new ReconcileClose(subscription());
      default -> throw json.wrong("a label that this relay does not know");
    };
  }

  private Event event() {
    json.expect(',');
    return EventReader.read(json, limits.event());
  }

  private SubscriptionId subscription() {
    json.expect(',');
    String text = json.string();
    subscription = SubscriptionId.isRepeated(text) ? new SubscriptionId(text) : null;
    return SubscriptionId.parse(text);
  }

  private ClientMessage request(BiFunction<SubscriptionId, List<Filter>, ClientMessage> made) {
    SubscriptionId id = subscription();
    List<Filter> filters = new ArrayList<>();
    do {
      filters.add(nextFilter());
      if (filters.size() > limits.filter().filtersMax()) {
        throw json.wrong("at most " + limits.filter().filtersMax() + " filters");
      }
    } while (json.peek() == ',');
    return made.apply(id, filters);
  }

  private Filter nextFilter() {
    json.expect(',');
    return FilterReader.read(json, limits.filter());
  }

  private String digits() {
    json.expect(',');
    String text = json.string();
    if (text.length() % 2 != 0 || !Hex.isLower(text, text.length())) {
      throw json.wrong("an even number of lowercase hexadecimal digits is expected");
    }
    return text;
  }

  private ClientText wrong(MalformedText malformed) {
    String detail = malformed.getMessage();
    SubscriptionId id = subscription;
    return switch (label) {
      case "EVENT", "AUTH" -> wrongEvent(bytes, detail);
      case "REQ", "COUNT" ->
          id == null
              ? new ClientText.Wrong(detail)
              : malformed.isUnsupported()
                  ? new ClientText.UnsupportedRequest(id, detail)
                  : new ClientText.WrongRequest(id, detail);
      case "NEG-OPEN", "NEG-MSG" ->
          id == null
              ? new ClientText.Wrong(detail)
              : new ClientText.WrongReconciliation(id, detail);
      default -> new ClientText.Wrong(detail);
    };
  }

  private static ClientText wrongEvent(byte[] bytes, String detail) {
    return EventIdScan.find(bytes)
        .<ClientText>map(id -> new ClientText.WrongEvent(id, detail))
        .orElse(new ClientText.Wrong(detail));
  }
}
