package dev.anabranch.kernel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.rule.AppendRule;
import dev.anabranch.kernel.rule.VersionedRule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ModelsTest {

  private static final ModelName PAYMENT = new ModelName("Payment");

  private final Models models =
      new Models(List.of(Model.of(PAYMENT, new AppendRule())), Map.of("payments", PAYMENT));

  @Test
  void anUndeclaredModelIsVersioned() {
    assertThat(models.of(new ModelName("whatever")).rule()).isInstanceOf(VersionedRule.class);
    assertThat(models.of(PAYMENT).rule()).isInstanceOf(AppendRule.class);
  }

  @Test
  void aliasesStandForTheirModelAndAnyOtherSpellingIsExact() {
    assertThat(models.canonical("payments")).contains(PAYMENT);
    assertThat(models.canonical("Payment")).contains(PAYMENT);
    assertThat(models.canonical("payment")).contains(new ModelName("payment"));
    assertThat(models.canonical("__proto__")).isEmpty();
  }

  @Test
  void grantsAreTheKernelsOwnAndNeedAnAdmin() {
    assertThat(models.of(ModelName.GRANT).writer()).isEqualTo(Right.ADMIN);
    assertThatThrownBy(
            () -> new Models(List.of(Model.of(ModelName.GRANT, new AppendRule())), Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
