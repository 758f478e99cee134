package dev.anabranch.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is written here holds on every machine, and nothing is left half done.
class TextsTest {
  /// Our own texts; golden vectors and recorded input are data and may say anything.
  private static final Pattern TEXT =
      Pattern.compile(
          ".*\\.(java|md|xml|toml|sql|sh|ts|tsx|js|json|css|html|yaml|yml|properties)|[^.]*|\\.[^.]*");

  private static final Pattern DATA = Pattern.compile("(.*/)?(vectors|LICENSE)(/.*)?");

  /// Written in two halves, so that this file does not break its own rule.
  private static final Pattern MACHINE_PATH =
      Pattern.compile("(^|[^\\w./*}])/(" + "work|root|farm|home" + ")/\\w");

  private static final Pattern REGISTRY =
      Pattern.compile(
          "repo1?\\.maven\\." + "|registry\\.npmjs" + "|deb\\.debian" + "|files\\.pythonhosted");

  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b|@Dis" + "abled\\b");

  private final Checkout checkout = Checkout.ofThisBuild();

  @Test
  void noTextNamesAPathOfOneMachine() {
    assertThat(linesWith(MACHINE_PATH)).isEmpty();
  }

  @Test
  void noTextNamesAPackageRegistry() {
    assertThat(linesWith(REGISTRY)).isEmpty();
  }

  @Test
  void noTextIsLeftUnfinished() {
    assertThat(linesWith(UNFINISHED)).isEmpty();
  }

  private List<String> linesWith(Pattern banned) {
    return texts().flatMap(file -> linesWith(banned, file).stream()).toList();
  }

  private List<String> linesWith(Pattern banned, Path file) {
    List<String> hits = new ArrayList<>();
    int number = 0;
    for (String line : checkout.lines(file)) {
      number++;
      if (banned.matcher(line).find()) {
        hits.add(file + ":" + number + " " + line.strip());
      }
    }
    return hits;
  }

  private Stream<Path> texts() {
    return checkout.files().stream()
        .filter(file -> TEXT.matcher(file.getFileName().toString()).matches())
        .filter(file -> !DATA.matcher(file.toString()).matches());
  }
}
