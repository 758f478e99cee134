package dev.anabranch.testkit;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.AppendRule;
import dev.anabranch.kernel.rule.CausalRule;
import dev.anabranch.kernel.rule.CausalStrategy;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.rule.GreatestRule;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.rule.NewestRule;
import java.util.List;
import java.util.Map;

/// One model for each merge rule.
public final class TestModels {

  /// Rule `versioned`.
  public static final ModelName NOTE = new ModelName("note");

  /// Rule `append`.
  public static final ModelName PAYMENT = new ModelName("payment");

  /// Rule `newest`.
  public static final ModelName EVENT = new ModelName("event");

  /// Rule `causal`.
  public static final ModelName MESSAGE = new ModelName("message");

  /// Rule `document`, over [SetUnionMerge].
  public static final ModelName DOCUMENT = new ModelName("document");

  /// Rule `greatest`.
  public static final ModelName MARKER = new ModelName("marker");

  /// All of them.
  public static final Models ALL =
      new Models(
          List.of(
              Model.of(PAYMENT, new AppendRule()),
              Model.of(EVENT, new NewestRule()),
              Model.of(MESSAGE, new CausalRule(CausalStrategy.VECTOR_CLOCK)),
              Model.of(DOCUMENT, new DocumentRule(new SetUnionMerge())),
              Model.of(MARKER, new GreatestRule())),
          Map.of());

  private TestModels() {}

  /// The rule of a model.
  public static MergeRule ruleOf(ModelName model) {
    return ALL.of(model).rule();
  }
}
