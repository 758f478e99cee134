package dev.anabranch.nostr.event;

import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.nostr.text.Digest;
import dev.anabranch.nostr.text.JsonReader;
import dev.anabranch.nostr.text.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// What an event says, before or without a signature.
///
/// @param author who says it
/// @param createdAtSeconds when, by the author's clock: seconds since 1970, 0 to 2^53 − 1
/// @param kind 0–65535
/// @param tags in the author's order
/// @param content any text, UTF-16 without lone surrogates
public record UnsignedEvent(
    PublicKey author, long createdAtSeconds, int kind, List<Tag> tags, String content) {

  public UnsignedEvent {
    Objects.requireNonNull(author, "author");
    Objects.requireNonNull(content, "content");
    tags = List.copyOf(tags);
    if (createdAtSeconds < 0 || createdAtSeconds > JsonReader.INTEGER_MAX) {
      throw new IllegalArgumentException("created at " + createdAtSeconds);
    }
    if (kind < 0 || kind > KindClass.KIND_MAX) {
      throw new IllegalArgumentException("kind " + kind);
    }
  }

  /// Its id, as NIP-01 says.
  public EventId id() {
    return EventId.of(Digest.sha256(canonicalBytes()));
  }

  /// The bytes whose SHA-256 is the id: `[0,author,created_at,kind,tags,content]` as NIP-01 writes
  /// it.
  public byte[] canonicalBytes() {
    return serialised(JsonText::quoteForId).getBytes(StandardCharsets.UTF_8);
  }

  /// Whether an id is this event's.
  ///
  /// NIP-01 leaves unlisted control characters as they are; the JSON writers of most clients escape
  /// them. Both ids are good (decision 0061).
  public boolean isNamed(EventId id) {
    return id.equals(id()) || (hasUnlistedControl() && id.equals(escapedId()));
  }

  private EventId escapedId() {
    return EventId.of(Digest.sha256(serialised(JsonText::quote).getBytes(StandardCharsets.UTF_8)));
  }

  private boolean hasUnlistedControl() {
    return JsonText.hasUnlistedControl(content)
        || tags.stream()
            .flatMap(tag -> tag.values().stream())
            .anyMatch(JsonText::hasUnlistedControl);
  }

  /// The event, signed; the same event and key give the same signature.
  public Event sign(SecretKey secret) {
    EventId id = idFor(secret);
    return new Event(id, this, secret.sign(id.bytes()));
  }

  /// The event, signed with random numbers mixed in.
  ///
  /// @param auxiliary 32 bytes
  public Event sign(SecretKey secret, byte[] auxiliary) {
    EventId id = idFor(secret);
    return new Event(id, this, secret.sign(id.bytes(), auxiliary));
  }

  /// The spelling that most others verify (decision 0061).
  private EventId idFor(SecretKey secret) {
    if (!secret.publicKey().equals(author)) {
      throw new IllegalArgumentException("the event is by " + author + ", the key another's");
    }
    return hasUnlistedControl() ? escapedId() : id();
  }

  /// The compact JSON with the id and without a signature: a rumour of NIP-59.
  public String json() {
    StringBuilder out = new StringBuilder("{\"id\":\"").append(id().hex()).append("\",");
    writeFields(out);
    return out.append('}').toString();
  }

  /// The fields from `pubkey` to `content`.
  void writeFields(StringBuilder out) {
    out.append("\"pubkey\":\"").append(author.hex());
    out.append("\",\"created_at\":").append(createdAtSeconds);
    out.append(",\"kind\":").append(kind).append(",\"tags\":");
    writeTags(JsonText::quote, out);
    out.append(",\"content\":");
    JsonText.quote(content, out);
  }

  /// Whether a signature of the id is the author's.
  boolean isSigned(EventId id, Signature signature) {
    return signature.isBy(author, id.bytes());
  }

  /// The tags as JSON.
  private void writeTags(Quoting quoting, StringBuilder out) {
    out.append('[');
    String between = "";
    for (Tag tag : tags) {
      out.append(between);
      between = ",";
      writeTag(tag, quoting, out);
    }
    out.append(']');
  }

  private static void writeTag(Tag tag, Quoting quoting, StringBuilder out) {
    char before = '[';
    for (String value : tag.values()) {
      out.append(before);
      quoting.quote(value, out);
      before = ',';
    }
    out.append(']');
  }

  /// One of the two ways to write a string.
  private interface Quoting {

    void quote(String text, StringBuilder out);
  }

  private String serialised(Quoting quoting) {
    StringBuilder out = new StringBuilder(128 + content.length() + 80 * tags.size());
    out.append("[0,\"").append(author.hex()).append("\",").append(createdAtSeconds);
    out.append(',').append(kind).append(',');
    writeTags(quoting, out);
    out.append(',');
    quoting.quote(content, out);
    return out.append(']').toString();
  }
}
