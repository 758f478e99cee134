package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/conformance.md` is true: what it names is there, and nothing is missing.
class ConformanceTableTest {

  /// How many checks `relay-tester` has.
  private static final int CHECKS = 107;

  private static final Pattern NAMED =
      Pattern.compile("`([A-Z][A-Za-z0-9]+)\\.([a-z][A-Za-z0-9]+)`");

  private final String table = Files.readString(Path.of("..", "docs", "conformance.md"));

  ConformanceTableTest() throws IOException {}

  private static Map<String, String> tests() throws IOException {
    Map<String, String> tests = new HashMap<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        tests.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return tests;
  }

  /// The lines of a table below a heading, without its head.
  private List<String> lines(String heading) {
    String below = table.substring(table.indexOf("\n## " + heading + "\n") + heading.length() + 4);
    return below
        .lines()
        .takeWhile(line -> !line.startsWith("## "))
        .filter(line -> line.startsWith("| "))
        .skip(1)
        .toList();
  }

  @Test
  void everyTestThatItNamesIsThere() throws IOException {
    Map<String, String> tests = tests();
    List<MatchResult> named = NAMED.matcher(table).results().toList();
    assertThat(named).hasSizeGreaterThan(CHECKS);
    assertThat(named)
        .allSatisfy(test ->
            assertThat(tests.getOrDefault(test.group(1) + ".java", ""))
                .as(test.group())
                .contains("  void " + test.group(2) + "("));
  }

  @Test
  void everyCheckHasALineWithATest() {
    List<String> checks = lines("Checks");
    assertThat(checks).hasSize(CHECKS);
    assertThat(checks.stream().map(line -> line.split("\\|", -1)[1]).distinct()).hasSize(CHECKS);
    assertThat(checks).allSatisfy(line -> assertThat(line).containsPattern(NAMED));
  }

  @Test
  void everyNipThatTheRelayClaimsHasALine() {
    Map<String, String> settings = Map.of("nostr.tell_extent", "true", "nostr.membership", "true");
    try (Served served = Served.open(settings)) {
      String document =
          served.send(served.request("/").header("Accept", "application/nostr+json")).body();
      Json claimed = Objects.requireNonNull(JsonDecoder.stored(document).get("supported_nips"));
      assertThat(lines("NIPs").stream().map(line -> Integer.valueOf(line.substring(2, 4))).toList())
          .isEqualTo(
              ((JsonArray) claimed)
                  .values().stream().map(nip -> Integer.valueOf(nip.text())).toList());
    }
  }
}
