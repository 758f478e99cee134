package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Range;
import dev.anabranch.cli.terminal.Summary;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.KeptRules;
import dev.anabranch.server.configuration.RetentionSettings;
import dev.anabranch.server.configuration.RetentionSettings.Rule;
import dev.anabranch.server.operations.Retention;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Folds old changes away, as the server's retention job does.
@Command(
    name = "compact",
    mixinStandardHelpOptions = true,
    description =
        "Folds old changes away; the state of every entity stays. What is kept: the rules of"
            + " [retention] in the configuration, or the options here.",
    footer = {
      "",
      "Examples:",
      "  anabranch compact --keep-days 90 --scopes 'chat:*'",
      "  anabranch compact --config anabranch.toml --dry-run"
    })
public final class CompactCommand extends StoreCommand {

  private static final int KEEP_DAYS_MAX = 36_500;

  @Option(
      names = "--keep-days",
      paramLabel = "N",
      description = "Keep changes younger than this; 0 = of any age.")
  private @Nullable Integer keepDays;

  @Option(
      names = "--keep-changes",
      paramLabel = "N",
      description = "Keep the newest of a scope; 0 = any number.")
  private @Nullable Integer keepChanges;

  @Option(
      names = "--scopes",
      paramLabel = "PATTERN",
      description = "Which scopes the two options are about. Default: *.")
  private @Nullable String scopes;

  @Option(names = "--dry-run", description = "Say what would go, and leave it.")
  private boolean dryRun;

  @Mixin private Summary summary = new Summary();

  private final InstantSource clock;

  /// A command of these surroundings.
  public CompactCommand(Surroundings surroundings, InstantSource clock) {
    super(surroundings);
    this.clock = clock;
  }

  @Override
  int work(Store store, Models models) {
    KeptRules.refuseOthers(store, models);
    Retention retention = new Retention(settings());
    long gone = 0;
    for (ScopeHead head : CheckCommand.heads(store)) {
      Optional<Rule> rule = retention.ruleFor(head);
      if (rule.isPresent()) {
        gone +=
            compact(
                store, models, head, retention.floorOf(head, rule.get(), store, clock.millis()));
      }
    }
    summary.tell(
        output(),
        gone + " changes " + (dryRun ? "would be" : "were") + " folded away",
        JsonObject.EMPTY.with("changes", gone).with("dryRun", JsonBoolean.of(dryRun)));
    return 0;
  }

  private RetentionSettings settings() {
    return keepDays == null && keepChanges == null && scopes == null
        ? place().configuration(surroundings()).retention()
        : new RetentionSettings(1, List.of(rule()));
  }

  /// The rule that the options spell, within the bounds of one in the configuration.
  private Rule rule() {
    new Range(0, KEEP_DAYS_MAX).check("--keep-days", keepDays);
    Range.NOT_NEGATIVE.check("--keep-changes", keepChanges);
    Rule rule =
        new Rule(
            pattern(scopes == null ? "*" : scopes),
            keepDays == null ? 0 : keepDays,
            keepChanges == null ? 0 : keepChanges);
    if (rule.keepDays() == 0 && rule.keepChanges() == 0) {
      throw new CommandFailure(
          CommandFailure.MISUSED,
          "this keeps everything; set --keep-days or --keep-changes to 1 or more");
    }
    return rule;
  }

  private static ScopePattern pattern(String text) {
    try {
      return new ScopePattern(text);
    } catch (IllegalArgumentException none) {
      throw new CommandFailure(
          CommandFailure.MISUSED,
          "--scopes is a scope's name, or a beginning of one and *, such as 'chat:*', not " + text,
          none);
    }
  }

  private long compact(Store store, Models models, ScopeHead head, long floor) {
    if (floor <= head.floorSeq()) {
      return 0;
    }
    return dryRun
        ? floor - head.floorSeq()
        : store.raiseFloor(head.scope(), floor, model -> models.of(model).rule());
  }
}
