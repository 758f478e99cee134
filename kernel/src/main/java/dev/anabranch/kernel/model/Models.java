package dev.anabranch.kernel.model;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.rule.VersionedRule;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// All models: the declared ones, and any other name with the rule `versioned`.
public final class Models {

  private static final VersionedRule VERSIONED = new VersionedRule();
  private static final Model GRANT =
      new Model(ModelName.GRANT, VERSIONED, Right.ADMIN, 4096, Set.of(), Models::violationOfGrant);

  private final Map<ModelName, Model> declared;
  private final Map<String, ModelName> aliases;
  private final Map<ModelName, Consent> consents;

  /// These models.
  ///
  /// @param declared models that say more than their name
  /// @param aliases other spellings (`messages`) and the canonical names they stand for
  public Models(List<Model> declared, Map<String, ModelName> aliases) {
    this(declared, aliases, Map.of());
  }

  /// These models, some of which ask for consent.
  ///
  /// @param consents what another entity must say first, by the model that asks
  public Models(
      List<Model> declared, Map<String, ModelName> aliases, Map<ModelName, Consent> consents) {
    Map<ModelName, Model> byName = new HashMap<>();
    declared.forEach(model -> byName.put(model.name(), model));
    if (byName.put(ModelName.GRANT, GRANT) != null) {
      throw new IllegalArgumentException("the model grant is the kernel's own");
    }
    this.declared = Map.copyOf(byName);
    this.aliases = Map.copyOf(aliases);
    this.consents = Map.copyOf(consents);
  }

  /// No declared models and no aliases.
  public static Models none() {
    return new Models(List.of(), Map.of());
  }

  /// Models that say more than their name, in no particular order.
  public Collection<Model> declared() {
    return declared.values();
  }

  /// The model of a canonical name.
  public Model of(ModelName name) {
    Model model = declared.get(name);
    return model == null ? Model.of(name, VERSIONED) : model;
  }

  /// What another entity must say before an entity of a model may speak of it; empty = nothing.
  public Optional<Consent> consentOf(ModelName name) {
    return Optional.ofNullable(consents.get(name));
  }

  /// The canonical name for a spelling; empty when it is not a model's name at all.
  public Optional<ModelName> canonical(String spelling) {
    ModelName name = aliases.get(spelling);
    return name == null ? ModelName.parse(spelling) : Optional.of(name);
  }

  /// The other spellings of a name, sorted.
  public List<String> aliasesOf(ModelName name) {
    return aliases.entrySet().stream()
        .filter(alias -> alias.getValue().equals(name))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private static Optional<String> violationOfGrant(JsonObject data) {
    return data.string("right").flatMap(Right::ofWord).isPresent()
        ? Optional.empty()
        : Optional.of("right must be none, read, write or admin");
  }
}
