package dev.anabranch.server.configuration;

import dev.anabranch.protocol.nostr.server.RetentionRule;
import java.util.ArrayList;
import java.util.List;

/// Which events are kept: `[[nostr.retention]]` and the settings beside it.
///
/// @param everySeconds how often the rules are looked at
/// @param rules the first that speaks of an event holds for it; without one it is kept
/// @param keepsBanned whether banned events, and those of banned keys, are hidden only; otherwise
///   they are erased for good
public record NostrKeeping(int everySeconds, List<RetentionRule> rules, boolean keepsBanned) {

  private static final int MOST = Integer.MAX_VALUE;
  private static final long MEBIBYTE = 1024 * 1024;

  public NostrKeeping {
    rules = List.copyOf(rules);
  }

  static NostrKeeping read(Section section) {
    List<RetentionRule> rules = new ArrayList<>();
    for (Section table : section.tables("retention")) {
      rules.add(rule(table));
    }
    return new NostrKeeping(
        section.number("retention_every_seconds", 3_600, 1, 86_400),
        rules,
        section.flag("keep_banned", true));
  }

  private static RetentionRule rule(Section table) {
    int days = table.number("keep_days", 0, 0, 36_500);
    int events = table.number("keep_events", 0, 0, MOST);
    int mebibytes = table.number("keep_mebibytes", 0, 0, MOST);
    if (days == 0 && events == 0 && mebibytes == 0) {
      throw new ConfigurationFailure(
          "a rule of [[nostr.retention]] keeps everything; set keep_days, keep_events or"
              + " keep_mebibytes");
    }
    RetentionRule rule =
        new RetentionRule(
            NostrRules.kinds(table),
            NostrRules.keys(table, "authors"),
            days,
            events,
            mebibytes * MEBIBYTE);
    table.refuseUnknown();
    return rule;
  }
}
