package dev.anabranch.server.configuration;

import dev.anabranch.kernel.grant.ScopePattern;
import java.util.ArrayList;
import java.util.List;

/// Section `[retention]`: how much of the log is kept; the state of every entity always is.
///
/// @param everySeconds how often the job runs
/// @param rules the first whose scopes match holds; without one everything is kept
public record RetentionSettings(int everySeconds, List<Rule> rules) {

  public RetentionSettings {
    rules = List.copyOf(rules);
  }

  /// What is kept of some scopes; a change goes when either bound says so.
  ///
  /// @param scopes which
  /// @param keepDays changes younger than this are kept; 0 = any age
  /// @param keepChanges this many of the newest are kept; 0 = any number
  public record Rule(ScopePattern scopes, int keepDays, int keepChanges) {}

  static RetentionSettings read(Section section) {
    List<Rule> rules = new ArrayList<>();
    for (Section table : section.tables("rules")) {
      rules.add(rule(table));
    }
    return new RetentionSettings(section.number("every_seconds", 3_600, 1, 86_400), rules);
  }

  private static Rule rule(Section table) {
    Rule rule =
        new Rule(
            pattern(table),
            table.number("keep_days", 0, 0, 36_500),
            table.number("keep_changes", 0, 0, Integer.MAX_VALUE));
    table.refuseUnknown();
    if (rule.keepDays() == 0 && rule.keepChanges() == 0) {
      throw new ConfigurationFailure(
          "a rule of [[retention.rules]] for "
              + rule.scopes().text()
              + " keeps everything; set keep_days or keep_changes");
    }
    return rule;
  }

  private static ScopePattern pattern(Section table) {
    String text = table.text("scopes", "*");
    try {
      return new ScopePattern(text);
    } catch (IllegalArgumentException wrong) {
      throw table.wrong(
          "scopes", "a scope's name, or a beginning of one and *, such as \"chat:*\"");
    }
  }
}
