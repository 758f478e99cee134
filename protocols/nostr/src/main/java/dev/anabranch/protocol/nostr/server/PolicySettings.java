package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The settings of the configuration that administrators may change, read by the same reader
/// whoever says them: what the file may not say, nobody may.
public interface PolicySettings {

  /// One of them.
  ///
  /// @param name as in section `[nostr]`
  /// @param unit what its value is, for people
  record Setting(String name, String unit) {

    public Setting {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(unit, "unit");
    }
  }

  /// All of them, in the order in which they are shown.
  List<Setting> all();

  /// Whether the configuration says something of one, and not only its default.
  boolean isConfigured(String name);

  /// The terms with changes laid over the configuration; `INVALID` with a sentence when they cannot
  /// be read or do not fit together.
  ///
  /// @param changes values by the settings' names
  Answer<RelayTerms> with(Map<String, Json> changes);

  /// The value of each setting with the same changes, which can be read.
  Map<String, Json> values(Map<String, Json> changes);

  /// One of them.
  default Optional<Setting> named(String name) {
    return all().stream().filter(setting -> setting.name().equals(name)).findFirst();
  }

  /// Terms of which nothing can be changed.
  static PolicySettings fixed(RelayTerms terms) {
    return new PolicySettings() {
      @Override
      public List<Setting> all() {
        return List.of();
      }

      @Override
      public boolean isConfigured(String name) {
        return false;
      }

      @Override
      public Answer<RelayTerms> with(Map<String, Json> changes) {
        return changes.isEmpty()
            ? new Answer.Given<>(terms)
            : new Answer.Refused<>(
                new Fault(FaultCode.INVALID, "nothing of the policy can be changed here"));
      }

      @Override
      public Map<String, Json> values(Map<String, Json> changes) {
        return Map.of();
      }
    };
  }
}
