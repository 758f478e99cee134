package dev.anabranch.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Arrows run down only, and no two packages need each other.
class ArrowsTest {
  private static final JavaClasses PROGRAM = program();

  private static JavaClasses program() {
    return new ClassFileImporter()
        .withImportOption(location -> !location.contains("/dev/anabranch/house/"))
        .importPackages("dev.anabranch");
  }

  @Test
  void everyPackageStandsInTheTableOfArrows() {
    List<String> strangers =
        PROGRAM.stream()
            .map(JavaClass::getPackageName)
            .distinct()
            .filter(name -> Arrows.of(name).isEmpty())
            .sorted()
            .toList();

    assertThat(strangers).as("packages without a line in Arrows.ALL").isEmpty();
  }

  @Test
  void noClassImportsWhatItsLineDoesNotAllow() {
    List<String> violations =
        PROGRAM.stream()
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .filter(dependency -> !isAllowed(dependency))
            .map(Dependency::getDescription)
            .distinct()
            .sorted()
            .toList();

    assertThat(violations)
        .as("imports against the arrows; either the class stands in the wrong room or Arrows.ALL")
        .isEmpty();
  }

  @Test
  void noTwoPackagesNeedEachOther() {
    SlicesRuleDefinition.slices()
        .assignedFrom(new EachPackage())
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(PROGRAM);
  }

  @Test
  void seesEveryPackageThatHasSources() {
    assertThat(PROGRAM.stream().map(JavaClass::getPackageName))
        .containsAll(Checkout.ofThisBuild().packages());
  }

  @Test
  void knowsUpFromDown() {
    assertThat(allows("protocol.scope.server.room", "dev.anabranch.protocol.scope.wire")).isTrue();
    assertThat(allows("protocol.scope.server", "dev.anabranch.protocol.scope.client")).isFalse();
    assertThat(allows("client", "dev.anabranch.protocol.scope.server")).isFalse();
    assertThat(allows("client", "dev.anabranch.server")).isFalse();
    assertThat(allows("kernel", "dev.anabranch.kernel.rules")).isTrue();
    assertThat(allows("kernel", "java.util.concurrent")).isTrue();
    assertThat(allows("kernel", "java.sql")).isFalse();
    assertThat(allows("kernel", "org.slf4j")).isFalse();
  }

  private static boolean allows(String room, String packageName) {
    return Arrows.of("dev.anabranch." + room).orElseThrow().allows(packageName);
  }

  private static boolean isAllowed(Dependency dependency) {
    JavaClass target = dependency.getTargetClass().getBaseComponentType();
    return target.isPrimitive()
        || Arrows.of(dependency.getOriginClass().getPackageName())
            .map(arrow -> arrow.allows(target.getPackageName()))
            .orElse(true);
  }

  /// Every package is a slice of its own, so that circles between a package and its parent count.
  private static final class EachPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return type.getPackageName().startsWith("dev.anabranch")
          ? SliceIdentifier.of(type.getPackageName())
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "each package";
    }
  }
}
