package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.nostr.message.SubscriptionId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// What the relay says of itself (NIP-11): every limit that it tells is the one it enforces.
///
/// @param name for people, shorter than 30 characters
/// @param description for people
/// @param icon the address of a picture; empty = not said
/// @param contact how to reach the operator; empty = not said
/// @param pubkey the operator's key in hexadecimal digits; empty = not said
/// @param self the relay's own key, which signs who its members are; empty = it has none, and says
///   nothing of members
/// @param software where the program comes from
/// @param version the program's
public record RelayInformation(
    String name,
    String description,
    String icon,
    String contact,
    String pubkey,
    String self,
    String software,
    String version) {

  /// The NIPs that are kept, besides what they build on.
  static final List<Integer> NIPS =
      List.of(1, 2, 4, 9, 11, 13, 17, 28, 40, 42, 43, 45, 50, 59, 62, 65, 67, 70, 77, 86, 91, 98);

  public RelayInformation {
    Objects.requireNonNull(name, "name");
  }

  /// With what administrators changed of it.
  RelayInformation changedBy(Moderation moderation) {
    return new RelayInformation(
        moderation.text("name").orElse(name),
        moderation.text("description").orElse(description),
        moderation.text("icon").orElse(icon),
        contact,
        pubkey,
        self,
        software,
        version);
  }

  JsonObject json(NostrPolicy policy) {
    JsonObject json = JsonObject.EMPTY.with("name", name).with("description", description);
    if (!icon.isEmpty()) {
      json = json.with("icon", icon);
    }
    if (!contact.isEmpty()) {
      json = json.with("contact", contact);
    }
    if (!pubkey.isEmpty()) {
      json = json.with("pubkey", pubkey);
    }
    if (!self.isEmpty()) {
      json = json.with("self", self);
    }
    List<Json> nips =
        NIPS.stream()
            .filter(nip -> nip != 67 || policy.limits().tellsExtent())
            .filter(nip -> nip != 43 || !self.isEmpty())
            .<Json>map(JsonNumber::of)
            .toList();
    return json.with("supported_nips", new JsonArray(nips))
        .with("software", software)
        .with("version", version)
        .with("limitation", limitation(policy));
  }

  private static JsonObject limitation(NostrPolicy policy) {
    NostrLimits limits = policy.limits();
    NostrAccess access = policy.access();
    JsonObject json =
        JsonObject.EMPTY
            .with("max_message_length", limits.messageBytesTaken())
            .with("max_subscriptions", limits.subscriptionsMax())
            .with("max_limit", limits.storedMax())
            .with("default_limit", limits.storedDefault())
            .with("max_subid_length", SubscriptionId.CHARACTERS_MAX)
            .with("max_event_tags", limits.message().event().tagsMax())
            .with("max_content_length", limits.message().event().contentCharactersMax())
            .with("min_pow_difficulty", limits.workBitsMin())
            .with("created_at_upper_limit", limits.aheadSeconds())
            .with("auth_required", bool(access.readers() != NostrAccess.Who.ANYONE))
            .with("payment_required", bool(false))
            .with("restricted_writes", bool(isRestricted(limits, access)));
    return limits.behindSeconds() > 0
        ? json.with("created_at_lower_limit", limits.behindSeconds())
        : json;
  }

  private static boolean isRestricted(NostrLimits limits, NostrAccess access) {
    return limits.workBitsMin() > 0
        || access.writers() != NostrAccess.Who.ANYONE
        || !access.rules().isEmpty()
        || !access.kinds().isEmpty()
        || !access.bannedKinds().isEmpty();
  }

  private static Json bool(boolean value) {
    return JsonBoolean.of(value);
  }

  /// @param own what else this relay says of itself
  HttpAnswer answer(NostrPolicy policy, JsonObject own) {
    byte[] body = json(policy).patchedBy(own).text().getBytes(StandardCharsets.UTF_8);
    return open(HttpAnswer.of(200, "application/nostr+json", body));
  }

  /// An answer that every web page may read, as NIP-11 demands. To a browser `*` means every header
  /// but `Authorization`, which proofs of NIP-98 are sent in.
  public static HttpAnswer open(HttpAnswer answer) {
    return answer
        .with("Access-Control-Allow-Origin", "*")
        .with("Access-Control-Allow-Headers", "Authorization, *")
        .with("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
        .with("Vary", "Accept");
  }
}
