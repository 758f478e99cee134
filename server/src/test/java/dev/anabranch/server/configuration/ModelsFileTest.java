package dev.anabranch.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.protocol.document.server.DocumentRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ModelsFileTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "agent, Agent, versioned",
    "agents, Agent, versioned",
    "Agent, Agent, versioned",
    "message, Message, versioned",
    "messages, Message, versioned",
    "Messages, Message, versioned",
    "payment, Payment, append",
    "payments, Payment, append",
    "code_change, CodeChange, versioned",
    "code_changes, CodeChange, versioned",
    "note, note, versioned"
  })
  void theSpellingsOfSeed002NameTheModelsThatShip(String spelling, String name, String rule) {
    Models models = ModelsFile.shipped();
    ModelName canonical = models.canonical(spelling).orElseThrow();
    assertThat(canonical.text()).isEqualTo(name);
    assertThat(models.of(canonical).rule().word()).isEqualTo(rule);
  }

  @Test
  void aCodeChangeMayCarryWhatGitSaysOfAFile() {
    Schema schema = model(ModelsFile.shipped(), "CodeChange").schema();
    JsonObject data =
        JsonObject.EMPTY.with("mode", "100644").with("blob", "0ad25db4").with("path", "LICENSE");
    assertThat(schema.violation(data.with("note", 3))).isEmpty();
  }

  @Test
  void aViolationNamesTheFieldAndWhatIsWrong() {
    Schema schema = model(ModelsFile.shipped(), "Message").schema();
    assertThat(schema.violation(JsonObject.EMPTY.with("content", 3)))
        .hasValueSatisfying(what -> assertThat(what).contains("content").contains("string"));
  }

  @Test
  void aFileThatDoesNotSpeakOfThemTakesNoProtectionFromTheSignedModels() {
    Models models = read("[models.Note]\n");
    assertThat(model(models, "settings").serverOwned())
        .containsExactlyInAnyOrder("subscription_status", "feature_flags");
    assertThat(model(models, "training_data").serverOwned()).containsExactly("reward_status");
    assertThat(models.consentOf(new ModelName("training_data"))).isPresent();
    assertThat(model(models, "chat").schema().violation(JsonObject.EMPTY.with("sharing", "x")))
        .hasValueSatisfying(what -> assertThat(what).contains("/api/grant"));
  }

  @Test
  void aFileThatSpeaksOfThemAddsToTheirProtection() {
    Models models =
        read(
            "[models.settings]\nserver_owned = [\"quota\"]\nschema = { required = [\"ui\"] }\n"
                + "[models.chat]\nbytes_max = 10\n");
    assertThat(model(models, "settings").serverOwned())
        .containsExactlyInAnyOrder("subscription_status", "feature_flags", "quota");
    assertThat(model(models, "settings").schema().violation(JsonObject.EMPTY)).isPresent();
    assertThat(model(models, "chat").bytesMax()).isEqualTo(10);
    assertThat(model(models, "chat").schema().violation(JsonObject.EMPTY.with("messages", 1)))
        .isPresent();
    assertThatThrownBy(() -> read("[models.chat]\nrule = \"append\"\n"))
        .isInstanceOf(ConfigurationFailure.class)
        .hasMessageContaining("versioned");
  }

  @Test
  void theModelsThatShipHaveSoundSchemas() {
    assertThat(read(ModelsFile.shippedText()).canonical("messages")).isPresent();
  }

  @Test
  void numbersThatNoLongHoldsReachTheSchema() {
    Models models =
        read(
            "[models.Big]\nschema = { properties = { n = { type = \"number\", maximum = 2 } } }\n");
    Schema schema = model(models, "Big").schema();
    assertThat(schema.violation(JsonObject.of("n", new JsonNumber("1.5e1")))).isPresent();
    assertThat(schema.violation(JsonObject.of("n", new JsonNumber("1e-300")))).isEmpty();
    assertThat(schema.violation(JsonObject.of("n", new JsonArray(List.of())))).isPresent();
  }

  @Test
  void aKeywordThatJsonSchemaDoesNotKnowIsTold() {
    List<String> unknown = new ArrayList<>();
    String text =
        "{\"requird\":[\"a\"],\"properties\":{\"a\":{\"maxLenght\":3,\"type\":\"string\"}}}";
    JsonSchema schema = JsonSchema.checked(new JsonMapper().readTree(text), unknown::add);

    assertThat(unknown).containsExactlyInAnyOrder("requird", "maxLenght");
    assertThat(schema.violation(JsonObject.EMPTY.with("a", 1))).isPresent();
  }

  /// What `docs/models.md` shows can be copied, and every key of it is explained.
  @Test
  void theExampleOfTheDocsIsRead() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "models.md"));
    String example = page.replaceAll("(?s).*?```toml\n(.*?)```.*", "$1");
    Files.writeString(folder.resolve("price.schema.json"), "{\"required\": [\"amount\"]}");
    Models models = read(example);

    assertThat(models.canonical("orders")).contains(new ModelName("Order"));
    assertThat(models.aliasesOf(new ModelName("Order"))).containsExactly("order", "orders");
    assertThat(model(models, "Price").writer()).isEqualTo(Right.ADMIN);
    assertThat(model(models, "ReadMark").rule().word()).isEqualTo("greatest");
    assertThat(page)
        .contains("| `rule` |", "| `strategy` |", "| `writer` |", "| `bytes_max` |")
        .contains("| `server_owned` |", "| `aliases` |", "| `schema` |", "| `roots` |")
        .contains("| `versioned` |", "| `append` |", "| `causal` |", "| `newest` |")
        .contains("| `greatest` |", "| `document` |");
  }

  @Test
  void readsEverythingThatAModelCanSay() throws IOException {
    Files.writeString(folder.resolve("order.json"), "{\"required\": [\"total\"]}");
    Models models =
        read(
            """
            [models.Order]
            rule = "causal"
            strategy = "latest"
            writer = "admin"
            bytes_max = 1000
            server_owned = ["state"]
            aliases = ["orders"]
            schema = "order.json"
            """);
    Model order = models.of(models.canonical("orders").orElseThrow());
    assertThat(order.rule().word()).isEqualTo("causal");
    assertThat(order.writer()).isEqualTo(Right.ADMIN);
    assertThat(order.bytesMax()).isEqualTo(1000);
    assertThat(order.serverOwned()).containsExactly("state");
    assertThat(order.schema().violation(JsonObject.EMPTY)).isPresent();
  }

  @Test
  void documentsSayOfWhatKindTheirRootsAreAndStayDocuments() throws IOException {
    String text = "[models.document]\nroots = { body = \"text\", default = \"tree\" }";

    assertThat(ModelsFile.readRoots(Files.writeString(folder.resolve("r.toml"), text)))
        .isEqualTo(Map.of("body", DocumentRoot.Kind.TEXT, "default", DocumentRoot.Kind.TREE));
    assertThat(model(read(text), "document").rule().word()).isEqualTo("document");
    assertThat(model(read(text), "document").bytesMax())
        .isEqualTo(model(ModelsFile.shipped(), "document").bytesMax());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[models.document.roots]#a = \"words\" | m.toml: [models.document.roots] a must be"
            + " \"text\"",
        "[models.A.roots]#a = \"text\" | m.toml: nothing is called [models.A] roots",
        "[models.A]#rule = \"last\" | m.toml: [models.A] rule must be one of",
        "[models.A]#rul = \"append\" | m.toml: nothing is called [models.A] rul; did you mean"
            + " rule?",
        "[models.A]#strategy = \"latest\" | m.toml: [models.A] strategy must be left out",
        "[models.A]#writer = \"read\" | m.toml: [models.A] writer must be \"write\" or \"admin\"",
        "[models.A]#writer = \"none\" | m.toml: [models.A] writer must be \"write\" or \"admin\"",
        "[models.A]#writer = \"writ\" | m.toml: [models.A] writer must be \"write\" or \"admin\"",
        "[models.document]#rule = \"append\" | m.toml: [models.document] rule must be \"document\"",
        "[models.document_snapshot]#rule = \"newest\" | m.toml: [models.document_snapshot] rule"
            + " must be \"versioned\"",
        "[models.A]#schema = \"absent.json\" | m.toml: the schema ",
        "[models.A]#schema = { type = \"strin\" } | m.toml: [models.A] schema must be a JSON"
            + " Schema",
        "[models.A]#schema = { type = 3 } | m.toml: [models.A] schema must be a JSON Schema",
        "[models.A]#aliases = [\"x\"]#[models.B]#aliases = [\"x\"] | m.toml: [models.B] aliases"
            + " must",
        "[models.A]#aliases = [\"B\"]#[models.B] | m.toml: B is a model and an alias of A",
        "[models.grant] | m.toml: \"grant\" cannot be a model's name",
        "[models.\"a b\"] | m.toml: \"a b\" cannot be a model's name",
        "[model.A] | m.toml: nothing is called [model]; did you mean models?",
      })
  void everyMistakeGetsASentence(String text, String sentence) {
    assertThatThrownBy(() -> read(text.replace('#', '\n')))
        .isInstanceOf(ConfigurationFailure.class)
        .hasMessageStartingWith(sentence);
  }

  private Models read(String text) {
    try {
      return ModelsFile.read(Files.writeString(folder.resolve("m.toml"), text));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private static Model model(Models models, String name) {
    return models.of(new ModelName(name));
  }
}
