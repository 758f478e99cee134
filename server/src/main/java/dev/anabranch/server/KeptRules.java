package dev.anabranch.server;

import dev.anabranch.kernel.check.RulesOfLog;
import dev.anabranch.kernel.check.RulesOfLog.Other;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.configuration.ConfigurationFailure;
import dev.anabranch.server.configuration.ModelsFile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds the rules of `models.toml` against those by which a log was made (decision 0103).
public final class KeptRules {

  private static final Logger LOG = LoggerFactory.getLogger(KeptRules.class);

  private KeptRules() {}

  /// Refuses to fold a log by other rules than those by which it was made.
  ///
  /// @throws ConfigurationFailure when there is something of a model that has another rule now
  public static void refuseOthers(Store store, Models models) {
    List<Other> others = RulesOfLog.others(store, models);
    if (!others.isEmpty()) {
      throw new ConfigurationFailure(
          ModelsFile.NAME
              + ": "
              + others.stream().map(Other::toString).collect(Collectors.joining("; "))
              + " now, so that what is shown would no longer be what the log says. Put "
              + ModelsFile.NAME
              + " back beside the database (a backup does not hold it), or export the log and"
              + " import it by the new rules into a new folder");
    }
  }

  /// The same, and keeps the rules by which the log is folded from now on.
  static void keep(Store store, Models models) {
    refuseOthers(store, models);
    remarkUndeclared(RulesOfLog.undeclared(store, models));
    Map<ModelName, String> rules = RulesOfLog.of(models);
    if (!store.rules().equals(rules)) {
      store.keepRules(rules);
    }
  }

  /// They go on as models that nobody declared: without schema and limits, and what was written
  /// under another spelling of the name becomes a model of its own.
  private static void remarkUndeclared(Set<ModelName> gone) {
    if (!gone.isEmpty()) {
      LOG.warn(
          "{} no longer declares {}, of which there are entities: they have no schema and no"
              + " aliases any more, and the rule versioned; `anabranch models` prints the file that"
              + " ships",
          ModelsFile.NAME,
          gone.stream().map(ModelName::text).collect(Collectors.joining(", ")));
    }
  }
}
