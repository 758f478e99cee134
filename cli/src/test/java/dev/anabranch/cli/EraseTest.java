package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.server.RunningServer;
import dev.anabranch.server.Server;
import dev.anabranch.server.configuration.ConfigurationSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EraseTest {

  private static final String MODELS =
      """
      [models.Talk]
      rule = "causal"

      [models.Newest]
      rule = "newest"
      """;

  @TempDir Path folder;

  private final Shell shell = new Shell();
  private String data = "";

  @BeforeEach
  void declareModels() throws IOException {
    data = folder.toString();
    Files.writeString(folder.resolve("models.toml"), MODELS);
  }

  @Test
  void whatIsErasedIsInTheLogNoMoreWhateverItsRule() {
    try (RunningServer server = serve()) {
      Shell asking = new Shell().with("ANABRANCH_URL", server.uri().toString());
      for (String model : List.of("Note", "Talk", "Newest", "document_snapshot")) {
        asking.run("put", "org:1", model, "a", "t=secret");
        asking.run("patch", "org:1", model, "a", "more=secret");
        asking.run("put", "org:1", model, "kept", "t=kept");
        Shell.Result erased = asking.run("delete", "org:1", model, "a", "--erase");
        assertThat(erased.exitCode()).as(model + erased.err()).isZero();
      }
    }
    assertThat(shell.run("export", "--data", data).out())
        .doesNotContain("secret")
        .contains("kept", "\"erased\":true");
    assertThat(shell.run("check", "--data", data).out()).contains("sound");
  }

  @Test
  void whatWasDeletedBeforeIsErasedAllTheSame() {
    try (RunningServer server = serve()) {
      Shell asking = new Shell().with("ANABRANCH_URL", server.uri().toString());
      asking.run("put", "org:1", "Note", "a", "t=secret");
      asking.run("delete", "org:1", "Note", "a");
      assertThat(asking.run("delete", "org:1", "Note", "a", "--erase").exitCode()).isZero();
    }
    assertThat(shell.run("export", "--data", data).out()).doesNotContain("secret");
    assertThat(shell.run("check", "--data", data).out()).contains("sound");
  }

  private RunningServer serve() {
    return Server.start(
        new ConfigurationSource()
            .flag("server.port", Optional.of(0))
            .flag("server.data", Optional.of(data))
            .read());
  }
}
