package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output.Colour;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.check.Difference;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.protocol.nostr.server.EventOriginals;
import dev.anabranch.server.KeptRules;
import dev.anabranch.server.Stores;
import dev.anabranch.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Checks that the state is the fold of the log.
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description =
        "Folds the whole log again and compares it with the state (promise K4), and verifies every"
            + " signed original that is served: exit status 0 when all is sound, 1 when not, and"
            + " where. No server may run on it meanwhile.",
    footer = {"", "Example:", "  anabranch check --data ./anabranch-data"})
public final class CheckCommand extends StoreCommand {

  private static final int PAGE = 1_000;

  @Option(names = "--json", description = "One JSON object with the figures.")
  private boolean json;

  /// A command of these surroundings.
  public CheckCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int work(Store store, Models models) {
    List<String> damage = Storage.damage(Stores.existing(place().configuration(surroundings())));
    if (!damage.isEmpty()) {
      throw new CommandFailure(
          CommandFailure.NO, "the database's file is damaged: " + String.join("; ", damage));
    }
    KeptRules.refuseOthers(store, models);
    FoldCheck check = new FoldCheck(store, models, new EventOriginals());
    List<Difference> differences = new ArrayList<>();
    long scopes = 0;
    long changes = 0;
    for (ScopeHead head : heads(store)) {
      scopes++;
      changes += head.seq() - head.floorSeq();
      differences.addAll(check.scope(head.scope()));
    }
    differences.addAll(check.originals());
    if (json) {
      tellAsJson(scopes, changes, differences);
    } else {
      tell(scopes, changes, differences);
    }
    return differences.isEmpty() ? 0 : CommandFailure.NO;
  }

  static List<ScopeHead> heads(Store store) {
    List<ScopeHead> heads = new ArrayList<>();
    @Nullable ScopeName after = null;
    List<ScopeHead> page;
    do {
      page = store.heads(after, PAGE);
      heads.addAll(page);
      after = page.isEmpty() ? null : page.getLast().scope();
    } while (!page.isEmpty());
    return heads;
  }

  private void tell(long scopes, long changes, List<Difference> differences) {
    differences.forEach(
        difference -> output().line(output().in(Colour.RED, "differs") + "  " + difference));
    output()
        .line(
            differences.isEmpty()
                ? output().in(Colour.GREEN, "sound")
                    + ": the state is the fold of the log, "
                    + changes
                    + " changes in "
                    + scopes
                    + " scopes"
                : "not sound: " + differences.size() + " differences in " + scopes + " scopes");
  }

  private static Json told(Difference difference) {
    ScopeName scope = difference.scope();
    JsonObject told =
        scope == null ? JsonObject.EMPTY : JsonObject.EMPTY.with("scope", scope.text());
    told = told.with("seq", difference.seq());
    EntityKey entity = difference.entity();
    JsonObject where =
        entity == null
            ? told
            : told.with("model", entity.model().text()).with("id", entity.id().text());
    return where.with("detail", difference.detail());
  }

  private void tellAsJson(long scopes, long changes, List<Difference> differences) {
    List<Json> told = differences.stream().<Json>map(CheckCommand::told).toList();
    output()
        .value(
            JsonObject.EMPTY
                .with("scopes", scopes)
                .with("changes", changes)
                .with("differences", new JsonArray(told)),
            true);
  }
}
