package dev.anabranch.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.anabranch.json.JsonLimits;
import dev.anabranch.protocol.nostr.server.PolicySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {

  private static final Path DOCUMENTED = Path.of("../docs/anabranch.toml");

  @TempDir Path folder;

  @Test
  void theDocumentedFileSaysExactlyTheDefaults() {
    assertThat(new ConfigurationSource().file(DOCUMENTED).read())
        .isEqualTo(Configuration.defaults());
  }

  @Test
  void theDocumentedFileNamesEverySettingThereIs() {
    Sections sections = new ConfigurationSource().sections();
    Configuration.read(sections);
    Map<String, Set<String>> known = new TreeMap<>();
    sections.asked().forEach((name, section) -> known.put(name, new TreeSet<>(section.known())));
    known.computeIfPresent(
        "retention",
        (name, keys) -> without("rules", keys)); // shown in a comment: its default is none
    known.computeIfPresent(
        "nostr", (name, keys) -> without("retention", without("rules", keys))); // likewise

    Map<String, Set<String>> documented = new TreeMap<>();
    TomlFile.read(DOCUMENTED)
        .forEach((name, table) -> documented.put(name, new TreeSet<>(keysOf((Map<?, ?>) table))));
    assertThat(documented).isEqualTo(known);
  }

  @Test
  void everySettingThatAdministratorsMayChangeHasTheNameAndTheDefaultOfTheDocumentedFile() {
    PolicySettings defaults = Configuration.defaults().nostr().changeable().on(true);
    PolicySettings documented =
        new ConfigurationSource().file(DOCUMENTED).read().nostr().changeable().on(true);
    assertThat(defaults.values(Map.of())).isEqualTo(documented.values(Map.of()));
    assertThat(defaults.all().stream().map(PolicySettings.Setting::name))
        .filteredOn(name -> !name.equals("rules")) // shown in a comment
        .allMatch(documented::isConfigured)
        .noneMatch(defaults::isConfigured)
        .doesNotHaveDuplicates();
  }

  private static Set<String> without(String key, Set<String> keys) {
    Set<String> left = new TreeSet<>(keys);
    left.remove(key);
    return left;
  }

  private static List<String> keysOf(Map<?, ?> table) {
    return table.keySet().stream().map(Object::toString).toList();
  }

  @Test
  void aFlagBeatsTheEnvironmentWhichBeatsTheFileWhichBeatsTheDefault() {
    Path file = file("[server]\nport = 1\nhost = \"file\"\ndrain_millis = 5\n");
    Configuration configuration =
        new ConfigurationSource()
            .file(file)
            .environment(
                Map.of("ANABRANCH_SERVER__PORT", "2", "ANABRANCH_SERVER__HOST", "variable"))
            .flag("server.port", Optional.of(3))
            .flag("server.host", Optional.empty())
            .read();
    assertThat(configuration.server().port()).isEqualTo(3);
    assertThat(configuration.server().host()).isEqualTo("variable");
    assertThat(configuration.server().drainMillis()).isEqualTo(5);
    assertThat(configuration.server().loops()).isZero();
  }

  @Test
  void listsInTheEnvironmentAreSeparatedByCommas() {
    Configuration configuration =
        new ConfigurationSource()
            .environment(
                Map.of("ANABRANCH_AUTH__ORIGINS", "https://one.example, https://two.example"))
            .read();
    assertThat(configuration.auth().origins())
        .containsExactly("https://one.example", "https://two.example");
  }

  @Test
  void tablesInTheEnvironmentStandInOneLine() {
    ConfigurationSource source =
        new ConfigurationSource()
            .environment(
                Map.of(
                    "ANABRANCH_RETENTION__RULES",
                    "[{ scopes = \"chat:*\", keep_days = 90 }, { keep_changes = 5 }]",
                    "ANABRANCH_NOSTR__RETENTION",
                    ""));
    assertThat(source.read().retention().rules())
        .extracting(rule -> rule.scopes().text(), rule -> rule.keepDays())
        .containsExactly(tuple("chat:*", 90), tuple("*", 0));
    assertThat(source.read().nostr()).isEqualTo(Configuration.defaults().nostr());
    assertThatThrownBy(() ->
            new ConfigurationSource()
                .environment(Map.of("ANABRANCH_RETENTION__RULES", "[{ scopes = "))
                .read())
        .isInstanceOf(ConfigurationFailure.class)
        .hasMessageStartingWith("ANABRANCH_RETENTION__RULES line 1");
    assertThatThrownBy(() ->
            new ConfigurationSource().environment(Map.of("ANABRANCH_NOSTR__RULES", "3")).read())
        .isInstanceOf(ConfigurationFailure.class)
        .hasMessageContaining("[nostr] rules must be a list of tables");
  }

  @Test
  void variablesOfOthersAreLeftAlone() {
    assertThat(
            new ConfigurationSource()
                .environment(Map.of("ANABRANCH_TOKEN", "x", "HOME", "y"))
                .read())
        .isEqualTo(Configuration.defaults());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[auth]#mode = \"token\" | 250",
        "[auth]#mode = \"token\"#[presence]#per_scope_max = 2 | 1",
        "[auth]#mode = \"token\"#[presence]#total_max = 40 | 10",
        "[auth]#mode = \"token\"#[presence]#per_principal_max = 7 | 7",
        "[auth]#mode = \"open\" | 50000",
        "[auth]#mode = \"open\"#[presence]#per_principal_max = 7 | 7",
      })
  void aPrincipalHasAQuarterOfAScopesPresenceUnlessEverybodyIsOne(String text, int share) {
    Configuration configuration =
        new ConfigurationSource().file(file(text.replace('#', '\n') + "\n")).read();
    assertThat(configuration.engine().presencePerPrincipalMax()).isEqualTo(share);
  }

  @Test
  void readsTheRulesOfRetention() {
    Path file =
        file("[[retention.rules]]\nscopes = \"chat:*\"\nkeep_days = 90\nkeep_changes = 1000\n");
    RetentionSettings.Rule rule =
        new ConfigurationSource().file(file).read().retention().rules().getFirst();
    assertThat(rule.scopes().text()).isEqualTo("chat:*");
    assertThat(rule.keepDays()).isEqualTo(90);
    assertThat(rule.keepChanges()).isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[server]#prot = 1 | a.toml: nothing is called [server] prot; did you mean port?",
        "[servers]#port = 1 | a.toml: nothing is called [servers]; did you mean server?",
        "[log]#colour = true | a.toml: nothing is called [log] colour; known here: format, level",
        "port = 1 | a.toml: port stands outside a section, such as [server]",
        "[server]#port = 70000 | a.toml: [server] port must be a whole number from 0 to 65535, not"
            + " 70000",
        "[server]#port = \"http\" | a.toml: [server] port must be a whole number from 0 to 65535,"
            + " not \"http\"",
        "[server]#host = 1 | a.toml: [server] host must be a text in quotes, not 1",
        "[auth]#mode = \"none\" | a.toml: [auth] mode must be one of \"open\", \"token\", not"
            + " \"none\"",
        "[auth]#origins = [\"example.org\"] | a.toml: [auth] origins must be a list of \"*\" or"
            + " https://host, without a path, not [example.org]",
        "[nostr]#event_tags_max = 2 | a.toml: [nostr] event_tags_max must be a whole number from 3"
            + " to 100000, not 2",
        "[nostr]#tag_values_max = 1 | a.toml: [nostr] tag_values_max must be a whole number from 2"
            + " to 10000, not 1",
        "[metrics]#open = 1 | a.toml: [metrics] open must be true or false, not 1",
        "[tls]#certificates = \"a.pem\" | [tls] needs both certificates and private_key, or"
            + " neither; only certificates is set",
        "[database]#url = \"mysql://h/d\" | [database] url must begin with postgresql://, or be"
            + " empty for SQLite in the data folder",
        "[retention]#rules = 3 | a.toml: [retention] rules must be a list of tables, each under"
            + " [[retention.rules]], or in one line as [{ … }, { … }], not 3",
        "[[retention.rules]]#scopes = \"Chat\"#keep_days = 1 | a.toml: [retention.rules] scopes"
            + " must be a scope's name, or a beginning of one and *, such as \"chat:*\", not"
            + " \"Chat\"",
        "[[retention.rules]]#scopes = \"*\" | a rule of [[retention.rules]] for * keeps everything;"
            + " set keep_days or keep_changes",
        "[[retention.rules]]#keep_day = 1 | a.toml: nothing is called [retention.rules] keep_day;"
            + " did you mean keep_days?",
        "[server | a.toml line 1: ",
        "[server]#port = 1#port = 2#host = \"a\" | a.toml line 3: port is written twice",
        "[server]#port = 1#port = 2 | a.toml line 3: port is written twice",
        "[auth]#origins = [#  \"*\",#]##origins = [#  \"*\",#] | a.toml line 6: origins is"
            + " written twice",
        "[server]#port = 1#[log]##[server]#host = \"a\" | a.toml line 5: [server] is written twice",
        "a = { b = 1, b = 2 } | a.toml line 1: a key of a is written twice",
      })
  void everyMistakeGetsASentence(String text, String sentence) {
    Path file = file(text.replace('#', '\n'));
    assertThatThrownBy(() -> new ConfigurationSource().file(file).read())
        .isInstanceOf(ConfigurationFailure.class)
        .hasMessageStartingWith(sentence);
  }

  @Test
  void aMistakeInAVariableNamesTheVariable() {
    ConfigurationSource source =
        new ConfigurationSource().environment(Map.of("ANABRANCH_SERVER__PROT", "1"));
    assertThatThrownBy(source::read)
        .hasMessage("ANABRANCH_SERVER__PROT: nothing is called [server] prot; did you mean port?");
  }

  @Test
  void aMissingFileIsNamed() {
    Path absent = folder.resolve("absent.toml");
    assertThatThrownBy(() -> new ConfigurationSource().file(absent).read())
        .hasMessage("there is no file " + absent);
  }

  @Test
  void theDatabaseIsShownWithoutItsSecrets() {
    DatabaseSettings database =
        new ConfigurationSource()
            .flag(
                "database.url", Optional.of("postgresql://me:canary@db.example:5433/app?x=canary"))
            .read()
            .database();
    assertThat(database.shown()).isEqualTo("postgresql://db.example:5433/app");
  }

  private Path file(String text) {
    try {
      return Files.writeString(folder.resolve("a.toml"), text);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void aFrameOfScopeSyncIsAsLongAsItsLinkLetsThrough() {
    Configuration configuration =
        new ConfigurationSource()
            .flag("links.message_bytes_max", Optional.of(2_000_000))
            .flag("sessions.frame_values_max", Optional.of(90_000))
            .flag("sessions.depth_max", Optional.of(20))
            .flag("sessions.bootstrap_read_records_max", Optional.of(10))
            .flag("requests.depth_max", Optional.of(30))
            .flag("requests.bootstrap_read_bytes_max", Optional.of(1_000))
            .read();
    assertThat(configuration.scope().session().frame())
        .isEqualTo(new JsonLimits(2_000_000, 20, 90_000));
    assertThat(configuration.scope().session().bootstrapPage().countMax()).isEqualTo(10);
    assertThat(configuration.scope().http().push().depthMax()).isEqualTo(30);
    assertThat(configuration.scope().http().entity().depthMax()).isEqualTo(30);
    assertThat(configuration.scope().http().bootstrapPage().bytesMax()).isEqualTo(1_000);
  }

  @Test
  void aSessionFollowsNoMoreScopesThanAResumeCanName() {
    assertThatThrownBy(() -> followed(8_192, 524_288)).hasMessageContaining("from 1 to 8176");
    assertThat(followed(8_176, 524_288)).isEqualTo(8_176);
    assertThat(followed(9_000, 1 << 20)).isEqualTo(9_000);
    assertThat(
            new ConfigurationSource()
                .flag("signed.frame_bytes_max", Optional.of(32_768))
                .read()
                .signed()
                .limits()
                .subscriptionsMax())
        .isEqualTo(496);
  }

  private static int followed(int scopes, int frameBytes) {
    return new ConfigurationSource()
        .flag("signed.subscriptions_max", Optional.of(scopes))
        .flag("signed.frame_bytes_max", Optional.of(frameBytes))
        .read()
        .signed()
        .limits()
        .subscriptionsMax();
  }
}
