package dev.anabranch.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class CommandsTest {
  @Test
  void namesARelativeJarSoThatAChildInAnotherFolderFindsIt() {
    assertThat(Commands.absolute("target/anabranch.jar"))
        .isEqualTo(Path.of("target/anabranch.jar").toAbsolutePath().toString());
  }

  @Test
  void keepsTheOrderOfTheClassPathAndItsAbsoluteEntries() {
    String first = Path.of("first.jar").toAbsolutePath().toString();
    String second = Path.of("second.jar").toAbsolutePath().toString();

    assertThat(Commands.absolute(first + File.pathSeparator + "second.jar"))
        .isEqualTo(first + File.pathSeparator + second);
  }
}
