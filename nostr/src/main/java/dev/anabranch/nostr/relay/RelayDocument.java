package dev.anabranch.nostr.relay;

import dev.anabranch.nostr.key.PublicKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a relay says of itself (NIP-11), `application/nostr+json`.
///
/// @param name shorter than 30 characters
/// @param description any text
/// @param icon URL; null: none
/// @param banner URL; null: none
/// @param pubkey of whoever runs it; null: not said
/// @param self the relay's own key; null: it has none
/// @param contact URL or mail address; null: none
/// @param supportedNips in ascending order
/// @param software URL of the software
/// @param version of the software
/// @param termsOfService URL; null: none
/// @param limitation what it enforces
public record RelayDocument(
    String name,
    String description,
    @Nullable String icon,
    @Nullable String banner,
    @Nullable PublicKey pubkey,
    @Nullable PublicKey self,
    @Nullable String contact,
    List<Integer> supportedNips,
    String software,
    String version,
    @Nullable String termsOfService,
    Limitation limitation) {

  public RelayDocument {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(software, "software");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(limitation, "limitation");
    supportedNips = supportedNips.stream().sorted().distinct().toList();
  }

  /// The limits that the relay enforces; every number here must be the one in force.
  ///
  /// @param maxMessageLength bytes of a message
  /// @param maxSubscriptions of one connection
  /// @param maxLimit of one filter
  /// @param maxSubidLength characters of a subscription id
  /// @param maxEventTags of one event
  /// @param maxContentLength characters of a content
  /// @param minPowDifficulty bits; 0: none
  /// @param authRequired before anything else
  /// @param paymentRequired before anything else
  /// @param restrictedWrites whether something beyond these limits decides who may write
  /// @param createdAtLowerLimit seconds into the past; 0: none
  /// @param createdAtUpperLimit seconds into the future; 0: none
  /// @param defaultLimit of a filter that has none
  public record Limitation(
      int maxMessageLength,
      int maxSubscriptions,
      int maxLimit,
      int maxSubidLength,
      int maxEventTags,
      int maxContentLength,
      int minPowDifficulty,
      boolean authRequired,
      boolean paymentRequired,
      boolean restrictedWrites,
      long createdAtLowerLimit,
      long createdAtUpperLimit,
      int defaultLimit) {}

  /// The JSON.
  public String json() {
    Fields fields = new Fields();
    fields.text("name", name).text("description", description);
    fields.text("icon", icon).text("banner", banner);
    fields.text("pubkey", pubkey == null ? null : pubkey.hex());
    fields.text("self", self == null ? null : self.hex());
    fields.text("contact", contact);
    fields.raw("supported_nips", supportedNips.toString().replace(" ", ""));
    fields.text("software", software).text("version", version);
    fields.text("terms_of_service", termsOfService);
    return fields.raw("limitation", limits()).json();
  }

  private String limits() {
    Fields fields = new Fields();
    fields.number("max_message_length", limitation.maxMessageLength);
    fields.number("max_subscriptions", limitation.maxSubscriptions);
    fields.number("max_limit", limitation.maxLimit);
    fields.number("max_subid_length", limitation.maxSubidLength);
    fields.number("max_event_tags", limitation.maxEventTags);
    fields.number("max_content_length", limitation.maxContentLength);
    fields.number("min_pow_difficulty", limitation.minPowDifficulty);
    fields.flag("auth_required", limitation.authRequired);
    fields.flag("payment_required", limitation.paymentRequired);
    fields.flag("restricted_writes", limitation.restrictedWrites);
    if (limitation.createdAtLowerLimit > 0) {
      fields.number("created_at_lower_limit", limitation.createdAtLowerLimit);
    }
    if (limitation.createdAtUpperLimit > 0) {
      fields.number("created_at_upper_limit", limitation.createdAtUpperLimit);
    }
    return fields.number("default_limit", limitation.defaultLimit).json();
  }
}
