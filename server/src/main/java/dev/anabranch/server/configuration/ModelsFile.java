package dev.anabranch.server.configuration;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.AppendRule;
import dev.anabranch.kernel.rule.CausalRule;
import dev.anabranch.kernel.rule.CausalStrategy;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.rule.GreatestRule;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.rule.VersionedRule;
import dev.anabranch.protocol.document.server.DocumentLimits;
import dev.anabranch.protocol.document.server.DocumentRoot;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.protocol.nostr.server.EventMarking;
import dev.anabranch.protocol.nostr.server.ModerationBook;
import dev.anabranch.protocol.nostr.server.NostrChanges;
import dev.anabranch.protocol.nostr.server.RecentEvents;
import dev.anabranch.server.document.CrdtMerge;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads `models.toml`: which rule, limits and schema each model has, and its other spellings.
///
/// A model that is not named there has the rule `versioned` and no schema.
public final class ModelsFile {

  /// The name that a file of models has in a data folder.
  public static final String NAME = "models.toml";

  private static final Logger LOG = LoggerFactory.getLogger(ModelsFile.class);
  private static final JsonMapper MAPPER = new JsonMapper();
  // Names the copies that a merge throws away: they make no change, so any name does.
  private static final DocumentRule DOCUMENT =
      new DocumentRule(new CrdtMerge(new SplittableRandom(1)));
  private static final int DOCUMENT_BYTES_MAX = DocumentLimits.DEFAULT.messageBytesMax();
  private static final int BYTES_MAX_MOST = 64 * 1024 * 1024;

  private final String name;
  private final Path folder;
  private final boolean ships;
  private final RecentEvents recent;
  private final int documentBytesMax;
  private final List<Model> models = new ArrayList<>();
  private final Map<String, ModelName> aliases = new HashMap<>();
  private final Map<String, DocumentRoot.Kind> roots = new HashMap<>();
  private final List<String> remarks = new ArrayList<>();

  private ModelsFile(
      String name, Path folder, boolean ships, RecentEvents recent, int documentBytesMax) {
    this.recent = recent;
    this.documentBytesMax = documentBytesMax;
    this.name = name;
    this.folder = folder;
    this.ships = ships;
  }

  /// The models of a server: those of its file, or those that ship.
  public static Models of(Listening server) {
    return of(server, DocumentLimits.DEFAULT, new RecentEvents(1));
  }

  /// The same.
  ///
  /// @param documents bound an update of a document, where the file says nothing else
  /// @param recent the Nostr events that just came in
  public static Models of(Listening server, DocumentLimits documents, RecentEvents recent) {
    int bytes = documents.messageBytesMax();
    return fileOf(server)
        .map(file -> in(file, recent, bytes).parseAloud(TomlFile.read(file)))
        .orElseGet(() -> shipped(recent, bytes));
  }

  private static Optional<Path> fileOf(Listening server) {
    Path file = server.models().orElse(server.data().resolve(NAME));
    return server.models().isPresent() || Files.exists(file) ? Optional.of(file) : Optional.empty();
  }

  /// The models of a file.
  public static Models read(Path file) {
    return in(file, new RecentEvents(1), DOCUMENT_BYTES_MAX).parse(TomlFile.read(file));
  }

  /// Of what kind documents' roots are, as far as a server's file says.
  public static Map<String, DocumentRoot.Kind> rootsOf(Listening server) {
    return fileOf(server).map(ModelsFile::readRoots).orElse(Map.of());
  }

  /// The same of a file.
  static Map<String, DocumentRoot.Kind> readRoots(Path file) {
    ModelsFile models = in(file, new RecentEvents(1), DOCUMENT_BYTES_MAX);
    models.parse(TomlFile.read(file));
    return Map.copyOf(models.roots);
  }

  private static ModelsFile in(Path file, RecentEvents recent, int documentBytesMax) {
    Path folder = file.toAbsolutePath().getParent();
    return new ModelsFile(
        file.getFileName().toString(),
        folder == null ? file : folder,
        false,
        recent,
        documentBytesMax);
  }

  /// The models that ship: the example domain of seed 002.
  public static Models shipped() {
    return shipped(new RecentEvents(1), DOCUMENT_BYTES_MAX);
  }

  private static Models shipped(RecentEvents recent, int documentBytesMax) {
    return new ModelsFile("the models that ship", Path.of(""), true, recent, documentBytesMax)
        .parse(TomlFile.parse(shippedText(), "models.toml"));
  }

  /// The text of the models that ship, to begin a file of one's own with.
  public static String shippedText() {
    try (InputStream in = ModelsFile.class.getResourceAsStream("/dev/anabranch/models.toml")) {
      if (in == null) {
        throw new IllegalStateException("the program was packaged without its models.toml");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private Models parseAloud(Map<String, Object> file) {
    Models parsed = parse(file);
    remarks.forEach(LOG::warn);
    return parsed;
  }

  private Models parse(Map<String, Object> file) {
    Section top = new Section("", Section.sourced(file, name));
    top.table("models")
        .ifPresent(table -> table.tablesByName().forEach((model, keys) -> add(model, keys)));
    for (String key : file.keySet()) {
      if (!key.equals("models")) {
        throw Section.unknown(name, "[" + key + "]", key, Set.of("models"));
      }
    }
    addDocument();
    addEvent();
    addModeration();
    SignedModels.addTo(models, name);
    checkAliases();
    return new Models(models, aliases, SignedModels.CONSENTS);
  }

  private void add(String written, Section section) {
    ModelName model =
        ModelName.parse(written)
            .filter(known -> !known.equals(ModelName.GRANT))
            .orElseThrow(() ->
                new ConfigurationFailure(
                    name
                        + ": \""
                        + written
                        + "\" cannot be a model's name; letters, digits and _, at most 64, not"
                        + " grant"));
    boolean document = model.equals(DocumentAddress.MODEL);
    int bytes = document ? documentBytesMax : Model.BYTES_MAX_DEFAULT;
    models.add(
        new Model(
            model,
            ruleOf(model, section),
            writer(section),
            section.number("bytes_max", bytes, 1, BYTES_MAX_MOST),
            new HashSet<>(section.texts("server_owned", List.of())),
            schema(section)));
    section.texts("aliases", List.of()).forEach(alias -> alias(section, alias, model));
    if (document) {
      section.table("roots").ifPresent(this::addRoots);
    }
    section.refuseUnknown();
  }

  private void addRoots(Section section) {
    for (String root : section.keys()) {
      DocumentRoot.Kind kind =
          DocumentRoot.Kind.ofWord(section.text(root, ""))
              .orElseThrow(() ->
                  section.wrong(
                      root, "\"text\", \"delta\", \"map\", \"array\", \"xml\" or \"tree\""));
      roots.put(root, kind);
    }
  }

  /// Documents are documents, and have snapshots, also where the file does not speak of them.
  private void addDocument() {
    addMissing(
        new Model(
            DocumentAddress.MODEL, DOCUMENT, Right.WRITE, documentBytesMax, Set.of(), Schema.ANY));
    addMissing(
        new Model(
            DocumentAddress.SNAPSHOT,
            new VersionedRule(),
            Right.WRITE,
            BYTES_MAX_MOST,
            Set.of(),
            Schema.ANY));
  }

  private void addMissing(Model model) {
    if (models.stream().noneMatch(known -> known.name().equals(model.name()))) {
      models.add(model);
    }
  }

  /// Nostr's events have their own rule and their signed originals; a file has no say in that.
  private void addEvent() {
    if (models.stream().anyMatch(model -> model.name().equals(NostrChanges.EVENT))) {
      throw new ConfigurationFailure(
          name + ": the model " + NostrChanges.EVENT + " is the Nostr relay's own");
    }
    models.add(
        new Model(
            NostrChanges.EVENT,
            new NewestRule(),
            Right.WRITE,
            Model.BYTES_MAX_DEFAULT,
            Set.of(),
            Schema.ANY,
            new EventMarking(recent)));
  }

  /// What the relay's administrators decide is written by the relay alone.
  private void addModeration() {
    if (models.stream().anyMatch(model -> model.name().equals(ModerationBook.MODERATION))) {
      throw new ConfigurationFailure(
          name + ": the model " + ModerationBook.MODERATION + " is the Nostr relay's own");
    }
    models.add(
        new Model(
            ModerationBook.MODERATION,
            new VersionedRule(),
            Right.ADMIN,
            Model.BYTES_MAX_DEFAULT,
            ModerationBook.FIELDS,
            Schema.ANY));
  }

  private void alias(Section section, String alias, ModelName model) {
    if (aliases.put(alias, model) != null || alias.equals(ModelName.GRANT.text())) {
      throw section.wrong("aliases", "spellings that stand for one model only");
    }
  }

  private void checkAliases() {
    for (Model model : models) {
      ModelName other = aliases.get(model.name().text());
      if (other != null && !other.equals(model.name())) {
        throw new ConfigurationFailure(
            name + ": " + model.name() + " is a model and an alias of " + other);
      }
    }
  }

  /// The rule of a model, which for what `/api/document` and the editors write is given.
  private MergeRule ruleOf(ModelName model, Section section) {
    boolean document = model.equals(DocumentAddress.MODEL);
    MergeRule rule = rule(section, document ? "document" : "versioned");
    if (document && !(rule instanceof DocumentRule)) {
      throw section.wrong("rule", "\"document\" or left out: editors write to it");
    }
    if (model.equals(DocumentAddress.SNAPSHOT) && !(rule instanceof VersionedRule)) {
      throw section.wrong("rule", "\"versioned\" or left out: snapshots are written once");
    }
    return rule;
  }

  private MergeRule rule(Section section, String fallback) {
    String word = section.text("rule", fallback);
    CausalStrategy strategy = section.word("strategy", CausalStrategy.VECTOR_CLOCK);
    if (section.says("strategy") && !word.equals("causal")) {
      throw section.wrong("strategy", "left out: only the rule causal has one");
    }
    return switch (word) {
      case "versioned" -> new VersionedRule();
      case "append" -> new AppendRule();
      case "causal" -> new CausalRule(strategy);
      case "newest" -> new NewestRule();
      case "greatest" -> new GreatestRule();
      case "document" -> DOCUMENT;
      default ->
          throw section.wrong(
              "rule",
              "one of \"versioned\", \"append\", \"causal\", \"newest\", \"greatest\","
                  + " \"document\"");
    };
  }

  private static Right writer(Section section) {
    return switch (section.text("writer", "write")) {
      case "write" -> Right.WRITE;
      case "admin" -> Right.ADMIN;
      default -> throw section.wrong("writer", "\"write\" or \"admin\"");
    };
  }

  private Schema schema(Section section) {
    Object written = section.raw("schema").orElse(null);
    if (written == null) {
      return Schema.ANY;
    }
    try {
      JsonNode node = written instanceof String file ? file(file) : MAPPER.valueToTree(written);
      return ships ? JsonSchema.of(node) : JsonSchema.checked(node, word -> remark(section, word));
    } catch (ConfigurationFailure failure) {
      throw failure;
    } catch (RuntimeException wrong) {
      throw new ConfigurationFailure(
          section
                  .wrong("schema", "a JSON Schema, or the name of a file that holds one")
                  .getMessage()
              + ": "
              + wrong.getMessage(),
          wrong);
    }
  }

  private void remark(Section section, String word) {
    remarks.add(
        name
            + ": ["
            + section.name()
            + "] schema: JSON Schema has no keyword "
            + word
            + ", which checks nothing");
  }

  private JsonNode file(String relative) {
    Path file = folder.resolve(relative);
    try {
      return MAPPER.readTree(Files.readString(file));
    } catch (IOException unreadable) {
      throw new ConfigurationFailure(
          name + ": the schema " + file + " cannot be read: " + unreadable.getMessage(),
          unreadable);
    }
  }
}
