package dev.anabranch.kernel.check;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.VersionedRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// By which rules a log was made. State is the fold of the log by these and no others (K4), so that
/// they are kept beside it ([Store#rules]) and compared with what a server or a command is told.
public final class RulesOfLog {

  private static final String UNSAID = VersionedRule.WORD;
  private static final int SCOPES = 1_000;
  private static final PageLimit PAGE = new PageLimit(10_000, 16 * 1024 * 1024);

  private RulesOfLog() {}

  /// A model whose entities were made by another rule than the one that it has now.
  ///
  /// @param kept the rule that made them, as [dev.anabranch.kernel.rule.MergeRule#spelled] says it
  /// @param now the rule that it has now
  public record Other(ModelName model, String kept, String now) {
    public Other {
      Objects.requireNonNull(model, "model");
    }

    /// For people.
    @Override
    public String toString() {
      return "the entities of " + model + " were made by the rule " + kept + ", and it is " + now;
    }
  }

  /// The rules of declared models; any other model has the rule `versioned`.
  public static Map<ModelName, String> of(Models models) {
    Map<ModelName, String> rules = new TreeMap<>();
    for (Model model : models.declared()) {
      rules.put(model.name(), model.rule().spelled());
    }
    return rules;
  }

  /// Models of which there is something that was made by another rule. Nothing is looked for while
  /// all rules are the same, or none was ever kept; otherwise the state is read.
  public static List<Other> others(Store store, Models models) {
    Map<ModelName, String> kept = store.rules();
    List<Other> others = kept.isEmpty() ? List.of() : others(kept, of(models));
    if (others.isEmpty()) {
      return others;
    }
    Set<ModelName> there = models(store);
    return others.stream().filter(other -> there.contains(other.model())).toList();
  }

  /// Models with another rule, whether there is something of them or not.
  public static List<Other> others(Map<ModelName, String> kept, Map<ModelName, String> now) {
    Set<ModelName> names = new HashSet<>(kept.keySet());
    names.addAll(now.keySet());
    return names.stream()
        .sorted()
        .map(name ->
            new Other(name, kept.getOrDefault(name, UNSAID), now.getOrDefault(name, UNSAID)))
        .filter(other -> !other.kept().equals(other.now()))
        .toList();
  }

  /// Models that were declared when the log was served last, are not now, and of which there is
  /// something. Nothing is looked for while all of them are declared.
  public static Set<ModelName> undeclared(Store store, Models models) {
    Set<ModelName> gone = new TreeSet<>(store.rules().keySet());
    models.declared().forEach(model -> gone.remove(model.name()));
    if (!gone.isEmpty()) {
      gone.retainAll(models(store));
    }
    return gone;
  }

  /// The rule of each model of which there is something; empty when no rules were ever kept.
  public static Map<ModelName, String> used(Store store) {
    Map<ModelName, String> kept = store.rules();
    Map<ModelName, String> used = new TreeMap<>();
    if (kept.isEmpty()) {
      return used;
    }
    models(store).forEach(model -> used.put(model, kept.getOrDefault(model, UNSAID)));
    return used;
  }

  /// The models of a store's entities, tombstones included; reads the whole state.
  private static Set<ModelName> models(Store store) {
    Set<ModelName> models = new HashSet<>();
    @Nullable ScopeName after = null;
    do {
      List<ScopeHead> heads = store.heads(after, SCOPES);
      heads.forEach(head -> addModels(store, head.scope(), models));
      after = heads.isEmpty() ? null : heads.getLast().scope();
    } while (after != null);
    return models;
  }

  private static void addModels(Store store, ScopeName scope, Set<ModelName> into) {
    SnapshotPage.@Nullable Place after = null;
    do {
      SnapshotPage page = store.state(scope, after, PAGE);
      page.entities().forEach(entity -> into.add(entity.key().model()));
      after = page.next();
    } while (after != null);
  }
}
