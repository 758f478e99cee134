package dev.anabranch.nostr.event;

import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// An event as it came: well formed, not yet verified.
///
/// @param id the name it claims
/// @param body what it says
/// @param signature the author's, of the id; not yet verified
public record Event(EventId id, UnsignedEvent body, Signature signature) {

  public Event {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(signature, "signature");
  }

  /// The event that a JSON text spells, its id and signature unchecked.
  public static Parsed<Event> parse(byte[] json, EventLimits limits) {
    return EventReader.parse(json, limits);
  }

  /// Who says it.
  public PublicKey author() {
    return body.author();
  }

  /// When, in seconds since 1970.
  public long createdAtSeconds() {
    return body.createdAtSeconds();
  }

  public int kind() {
    return body.kind();
  }

  /// What becomes of it.
  public KindClass kindClass() {
    return KindClass.of(kind());
  }

  public List<Tag> tags() {
    return body.tags();
  }

  public String content() {
    return body.content();
  }

  /// The first tag of a name.
  public Optional<Tag> tag(String name) {
    for (Tag tag : tags()) { // asked of every event by many
      if (tag.is(name)) {
        return Optional.of(tag);
      }
    }
    return Optional.empty();
  }

  /// The values of all tags of a name that have one.
  public List<String> tagValues(String name) {
    return tags().stream().filter(tag -> tag.is(name) && tag.hasValue()).map(Tag::value).toList();
  }

  /// Whether a tag has this name and value.
  public boolean hasTag(String name, String value) {
    return tags().stream()
        .anyMatch(tag -> tag.is(name) && tag.hasValue() && tag.value().equals(value));
  }

  /// The place it takes, when only the newest in that place is kept.
  public Optional<Address> address() {
    return switch (kindClass()) {
      case REGULAR, EPHEMERAL -> Optional.empty();
      case REPLACEABLE -> Optional.of(new Address(kind(), author(), ""));
      case ADDRESSABLE ->
          Optional.of(new Address(kind(), author(), tag("d").map(Tag::value).orElse("")));
    };
  }

  /// Whether this takes the place of another at the same address: the newer one, on a tie the one
  /// with the lower id (NIP-01).
  public boolean supersedes(Event other) {
    return createdAtSeconds() != other.createdAtSeconds()
        ? createdAtSeconds() > other.createdAtSeconds()
        : id.compareTo(other.id) < 0;
  }

  /// The compact JSON of the event, its fields in the order of NIP-01.
  public String json() {
    StringBuilder out = new StringBuilder(384 + content().length() + 80 * tags().size());
    writeTo(out);
    return out.toString();
  }

  /// The compact JSON as UTF-8.
  public byte[] jsonBytes() {
    return json().getBytes(StandardCharsets.UTF_8);
  }

  /// Appends the compact JSON.
  public void writeTo(StringBuilder out) {
    out.append("{\"id\":\"").append(id.hex()).append("\",");
    body.writeFields(out);
    out.append(",\"sig\":\"").append(signature.hex()).append("\"}");
  }
}
