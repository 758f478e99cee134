package dev.anabranch.server.configuration;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.model.Consent;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.VersionedRule;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What chats, settings and training data are on every server, whatever its file of models says: a
/// file may add limits and schemas and cannot take protection away (seed 000).
final class SignedModels {

  private static final ModelName CHAT = new ModelName("chat");
  private static final ModelName SETTINGS = new ModelName("settings");
  private static final ModelName TRAINING_DATA = new ModelName("training_data");

  private static final Map<ModelName, Set<String>> SERVER_OWNED =
      Map.of(
          CHAT, Set.of(),
          SETTINGS, Set.of("subscription_status", "feature_flags"),
          TRAINING_DATA, Set.of("reward_status"));
  private static final Map<ModelName, Schema> SCHEMAS =
      Map.of(
          CHAT, SignedModels::violationOfChat,
          SETTINGS, Schema.ANY,
          TRAINING_DATA, SignedModels::violationOfTraining);

  /// Training data is taken only from chats that opted in.
  static final Map<ModelName, Consent> CONSENTS =
      Map.of(TRAINING_DATA, new Consent("chat", "chat", CHAT, "training_opt_in"));

  private SignedModels() {}

  /// Puts the three models into a list, or protects the ones that are there.
  ///
  /// @param name the file's, for complaints
  static void addTo(List<Model> models, String name) {
    SERVER_OWNED.forEach((model, owned) -> {
      int index = indexOf(models, model);
      if (index < 0) {
        models.add(
            new Model(
                model,
                new VersionedRule(),
                Right.WRITE,
                Model.BYTES_MAX_DEFAULT,
                owned,
                schema(model)));
      } else {
        models.set(index, shielded(models.get(index), owned, name));
      }
    });
  }

  private static int indexOf(List<Model> models, ModelName name) {
    for (int index = 0; index < models.size(); index++) {
      if (models.get(index).name().equals(name)) {
        return index;
      }
    }
    return -1;
  }

  private static Schema schema(ModelName model) {
    return SCHEMAS.getOrDefault(model, Schema.ANY);
  }

  private static Model shielded(Model written, Set<String> owned, String name) {
    if (!(written.rule() instanceof VersionedRule)) {
      throw new ConfigurationFailure(
          name
              + ": the rule of "
              + written.name()
              + " must be \"versioned\": signed entities send versions");
    }
    Set<String> both = new HashSet<>(written.serverOwned());
    both.addAll(owned);
    Schema own = schema(written.name());
    return new Model(
        written.name(),
        written.rule(),
        written.writer(),
        written.bytesMax(),
        both,
        data -> own.violation(data).or(() -> written.schema().violation(data)));
  }

  private static Optional<String> violationOfChat(JsonObject data) {
    if (data.get("sharing") != null) {
      return Optional.of(
          "sharing is no field of a chat: it is the scope's grants (POST /api/grant, or sync)");
    }
    if (data.get("messages") != null) {
      return Optional.of("messages is no field of a chat: messages are entities of its scope");
    }
    return data.get("training_opt_in") == null || data.get("training_opt_in") instanceof JsonBoolean
        ? Optional.empty()
        : Optional.of("training_opt_in must be true or false");
  }

  private static Optional<String> violationOfTraining(JsonObject data) {
    boolean contributes =
        data.get("messages") != null
            && !(data.get("messages") instanceof JsonArray(List<?> list) && list.isEmpty());
    return contributes && data.get("chat") == null
        ? Optional.of("messages come from a chat; chat must name it")
        : Optional.empty();
  }
}
