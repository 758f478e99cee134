package dev.anabranch.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a program needs to run is on its class path.
class PomsTest {
  private static final Poms.Dependency TESTKIT = ours("testkit", "compile");
  private static final Poms.Dependency LIBRARY =
      new Poms.Dependency("org.library", "library", "compile", List.of());

  @Test
  void noModuleHidesWhatItsOwnDependenciesNeedToRun() {
    assertThat(Poms.of(Checkout.ofThisBuild()).hidden())
        .as("a direct dependency's scope wins over the one it has further down; leave it out")
        .isEmpty();
  }

  @Test
  void readsEveryModule() {
    assertThat(Poms.of(Checkout.ofThisBuild()).modules())
        .contains("anabranch", "anabranch-kernel", "anabranch-protocol-scope", "anabranch-cli");
  }

  @Test
  void seesATestScopeThatHidesWhatTheProgramNeeds() {
    assertThat(program(ours("testkit", "test"), List.of()).hidden())
        .containsExactly(
            "program declares testkit with scope test, but runs simulation, which needs it");
  }

  @Test
  void seesAHiddenLibraryToo() {
    Poms.Dependency narrow = new Poms.Dependency("org.library", "library", "test", List.of());
    assertThat(program(narrow, List.of()).hidden())
        .containsExactly(
            "program declares library with scope test, but runs testkit, which needs it");
  }

  @Test
  void whatIsExcludedOnPurposeIsNotHidden() {
    Poms.Dependency narrow = new Poms.Dependency("org.library", "library", "test", List.of());
    assertThat(program(narrow, List.of("org.library:*")).hidden()).isEmpty();
    assertThat(program(narrow, List.of("org.other:*")).hidden()).hasSize(1);
  }

  @Test
  void aTestMayUseWhatTheProgramDoesNotNeed() {
    Poms poms =
        new Poms(
            Map.of(
                "program", List.of(ours("kernel", "compile"), ours("testkit", "test")),
                "kernel", List.of(ours("testkit", "test")),
                "testkit", List.of(LIBRARY)));
    assertThat(poms.hidden()).isEmpty();
  }

  /// A program that runs a simulation, which stands on a testkit, which stands on a library.
  private static Poms program(Poms.Dependency narrow, List<String> exclusions) {
    Poms.Dependency simulation =
        new Poms.Dependency("dev.anabranch", "simulation", "compile", exclusions);
    return new Poms(
        Map.of(
            "program", List.of(narrow, ours("bench", "compile")),
            "bench", List.of(simulation),
            "simulation", List.of(TESTKIT),
            "testkit", List.of(LIBRARY)));
  }

  private static Poms.Dependency ours(String artifact, String scope) {
    return new Poms.Dependency("dev.anabranch", artifact, scope, List.of());
  }
}
