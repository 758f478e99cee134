package dev.anabranch.nostr.message;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.EventReader;
import dev.anabranch.nostr.message.RelayMessage.Challenge;
import dev.anabranch.nostr.message.RelayMessage.Closed;
import dev.anabranch.nostr.message.RelayMessage.Counted;
import dev.anabranch.nostr.message.RelayMessage.Delivery;
import dev.anabranch.nostr.message.RelayMessage.EndOfStored;
import dev.anabranch.nostr.message.RelayMessage.Extent;
import dev.anabranch.nostr.message.RelayMessage.Notice;
import dev.anabranch.nostr.message.RelayMessage.Ok;
import dev.anabranch.nostr.message.RelayMessage.ReconcileError;
import dev.anabranch.nostr.message.RelayMessage.ReconcileNext;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.JsonReader;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads what a relay says; elements behind those we know are read over, as later NIPs may add
/// some, and so are optional ones of another form. An `OK` that names no event is a notice.
final class RelayMessageReader {

  private final JsonReader json;
  private final MessageLimits limits;

  private RelayMessageReader(byte[] bytes, MessageLimits limits) {
    this.json = new JsonReader(bytes);
    this.limits = limits;
  }

  static Parsed<RelayMessage> parse(byte[] bytes, MessageLimits limits) {
    return Parsed.of(() -> {
      if (bytes.length > limits.bytesMax()) {
        throw new MalformedText("the message has more than " + limits.bytesMax() + " bytes");
      }
      return new RelayMessageReader(bytes, limits).read();
    });
  }

  private RelayMessage read() {
    json.expect('[');
    RelayMessage message = message(json.string());
    while (json.accept(',')) {
      json.skip();
    }
    json.expect(']');
    json.expectEnd();
    return message;
  }

  private RelayMessage message(String label) {
    return switch (label) {
      case "EVENT" -> delivery();
      case "OK" -> ok();
      case "EOSE" -> new EndOfStored(subscription(), extent());
      case "CLOSED" -> new Closed(subscription(), reason());
      case "NOTICE" -> new Notice(text());
      case "AUTH" -> new Challenge(text());
      case "COUNT" -> counted();
      case "NEG-MSG" -> new ReconcileNext(subscription(), digits());
      case "NEG-ERR" -> reconcileError();
      default -> throw json.wrong("a label that this client does not know");
    };
  }

  private RelayMessage delivery() {
    SubscriptionId id = subscription();
    json.expect(',');
    return new Delivery(id, EventReader.read(json, limits.event()));
  }

  private RelayMessage ok() {
    String id = reason();
    json.expect(',');
    boolean isAccepted = json.bool();
    String reason = reason();
    return Hex.isLower(id, 64) ? new Ok(new EventId(id), isAccepted, reason) : new Notice(reason);
  }

  /// A text that some relays leave out, or put something else for; empty then.
  private String reason() {
    if (!json.accept(',')) {
      return "";
    }
    if (json.peek() == '"') {
      return json.string();
    }
    json.skip();
    return "";
  }

  private @Nullable Extent extent() {
    if (!json.accept(',')) {
      return null;
    }
    if (json.peek() != '[') {
      json.skip();
      return null;
    }
    List<String> words = new ArrayList<>();
    json.array(() -> {
      if (json.peek() == '"') {
        words.add(json.string());
      } else {
        json.skip();
      }
    });
    if (words.contains(Extent.MORE.word())) {
      return Extent.MORE;
    }
    return words.contains(Extent.FINISH.word()) ? Extent.FINISH : null;
  }

  private RelayMessage counted() {
    SubscriptionId query = subscription();
    json.expect(',');
    CountedFields fields = new CountedFields();
    json.object(fields::member);
    if (fields.count < 0) {
      throw json.wrong("a COUNT without count");
    }
    return new Counted(query, fields.count, fields.isApproximate, fields.registers);
  }

  private final class CountedFields {
    private long count = -1;
    private boolean isApproximate;
    private @Nullable String registers;

    private void member(String name) {
      switch (name) {
        case "count" -> count = json.integer();
        case "approximate" -> isApproximate = isTrue();
        case "hll" -> registers = registers();
        default -> json.skip();
      }
    }

    private boolean isTrue() {
      if (json.peek() == 't' || json.peek() == 'f') {
        return json.bool();
      }
      json.skip();
      return false;
    }

    /// Registers that are none are as good as no registers: the count is there.
    private @Nullable String registers() {
      if (json.peek() != '"') {
        json.skip();
        return null;
      }
      String digits = json.string();
      return Hex.isLower(digits, 512) ? digits : null;
    }
  }

  private RelayMessage reconcileError() {
    SubscriptionId id = subscription();
    String reason = reason();
    long recordsMax = recordsMax();
    return new ReconcileError(id, reason, recordsMax);
  }

  private long recordsMax() {
    if (!json.accept(',')) {
      return 0;
    }
    if (json.peek() >= '0' && json.peek() <= '9') {
      return json.integer();
    }
    json.skip();
    return 0;
  }

  private SubscriptionId subscription() {
    String text = text();
    if (!SubscriptionId.isRepeated(text)) {
      throw json.wrong("a subscription id of " + text.length() + " characters");
    }
    return new SubscriptionId(text);
  }

  private String text() {
    json.expect(',');
    return json.string();
  }

  private String digits() {
    String text = text();
    if (text.length() % 2 != 0 || !Hex.isLower(text, text.length())) {
      throw json.wrong("an even number of lowercase hexadecimal digits is expected");
    }
    return text;
  }
}
