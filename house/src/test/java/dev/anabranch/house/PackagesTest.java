package dev.anabranch.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every package introduces itself and excludes null.
class PackagesTest {
  private final Checkout checkout = Checkout.ofThisBuild();

  @Test
  void everyPackageSaysWhatItIsAndThatNullIsMarked() {
    List<Path> silent =
        checkout
            .packageFolders()
            .map(folder -> folder.resolve("package-info.java"))
            .filter(introduction -> !isIntroduction(introduction))
            .toList();

    assertThat(silent).as("missing, or without a /// sentence and @NullMarked").isEmpty();
  }

  private boolean isIntroduction(Path file) {
    if (!checkout.files().contains(file)) {
      return false;
    }
    List<String> lines = checkout.lines(file);
    return lines.contains("@NullMarked") && lines.getFirst().startsWith("/// ");
  }
}
