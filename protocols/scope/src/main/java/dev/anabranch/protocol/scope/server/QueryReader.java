package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.link.Target;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads the parameters of a query; the first that does not fit is remembered, and then nothing
/// that was read counts.
final class QueryReader {
  private final Target target;
  private @Nullable Refusal refusal;

  QueryReader(Target target) {
    this.target = target;
  }

  /// What was wrong first; null = everything fits so far.
  @Nullable Refusal refusal() {
    return refusal;
  }

  /// The scope, which must be there; null = it is not, and [#refusal] says so.
  @Nullable ScopeName scope() {
    ScopeName scope = scopeIfThere();
    if (scope == null) {
      wrong("scope is missing");
    }
    return scope;
  }

  @Nullable ScopeName scopeIfThere() {
    Optional<String> text = target.parameter("scope");
    if (text.isEmpty()) {
      return null;
    }
    Optional<ScopeName> scope = ScopeName.parse(text.get());
    if (scope.isEmpty()) {
      wrong("scope is not a scope's name, such as org:123: " + text.get());
    }
    return scope.orElse(null);
  }

  /// A whole number within bounds, or what counts when it is absent.
  long number(String name, long min, long max, long absent) {
    Optional<String> text = target.parameter(name);
    if (text.isEmpty()) {
      return absent;
    }
    Optional<Long> number = parse(text.get());
    if (number.isEmpty() || number.get() < min || number.get() > max) {
      wrong(name + " must be a whole number from " + min + " to " + max);
      return absent;
    }
    return number.get();
  }

  /// A yes or a no; no when it is absent.
  boolean flag(String name) {
    String text = target.parameter(name).orElse("false");
    if (!text.equals("true") && !text.equals("false")) {
      wrong(name + " is true or false: " + text);
    }
    return text.equals("true");
  }

  static Optional<Long> parse(String text) {
    try {
      return text.isEmpty() || text.startsWith("+")
          ? Optional.empty()
          : Optional.of(Long.parseLong(text));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  /// The models that are asked for, by their canonical names; empty = all.
  Set<ModelName> models(Models known) {
    Set<ModelName> models = new TreeSet<>();
    for (String spelling : target.parameter("models").orElse("").split(",", -1)) {
      if (spelling.isEmpty()) {
        continue;
      }
      Optional<ModelName> model = known.canonical(spelling);
      if (model.isEmpty()) {
        wrong("models holds no valid model name: " + spelling);
      } else {
        models.add(model.get());
      }
    }
    return models;
  }

  Optional<String> text(String name) {
    return target.parameter(name);
  }

  void wrong(String detail) {
    if (refusal == null) {
      refusal = new Refusal(ScopeFault.INVALID, detail);
    }
  }
}
