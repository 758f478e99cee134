package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.ModelName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/// The rows of the table `model_rule`.
final class RuleRows {

  private RuleRows() {}

  static Map<ModelName, String> all(Session session) throws SQLException {
    Map<ModelName, String> rules = new HashMap<>();
    try (ResultSet rows = session.bind("select model, rule from model_rule").executeQuery()) {
      while (rows.next()) {
        rules.put(new ModelName(rows.getString(1)), rows.getString(2));
      }
    }
    return rules;
  }

  static int keep(Session session, Map<ModelName, String> rules) throws SQLException {
    int changed = session.change("delete from model_rule");
    for (Map.Entry<ModelName, String> each : rules.entrySet()) {
      changed +=
          session.change(
              "insert into model_rule (model, rule) values (?, ?)",
              each.getKey().text(),
              each.getValue());
    }
    return changed;
  }
}
