package dev.anabranch.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The script `./anabranch` itself, in a small checkout with a Maven and JDKs that only say how
/// they were called. What differs from the script that ships: where it looks for JDKs of the
/// machine.
@Timeout(120)
class LauncherTest {

  /// What the script may find on the PATH; nothing else is there.
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "basename",
          "cat",
          "chmod",
          "cp",
          "dirname",
          "env",
          "find",
          "flock",
          "head",
          "ln",
          "mkdir",
          "mktemp",
          "mv",
          "nice",
          "readlink",
          "rm",
          "sed",
          "sleep",
          "touch");

  private static final String MAVEN =
      """
      #!/usr/bin/env bash
      echo "$JAVA25_HOME: $*" >>'%1$s/mvn-calls'
      if [ -e '%1$s/broken' ]; then echo 'ERROR that does not compile'; exit 1; fi
      mkdir -p cli/target/lib
      touch cli/target/anabranch.jar cli/target/lib/one.jar
      """;

  /// Says its arguments, makes the start-up cache that it is asked for, ends with 7, or waits for a
  /// signal when it is to serve.
  private static final String JAVA =
      """
      #!/usr/bin/env bash
      for argument in "$@"; do
        case $argument in -XX:AOTCacheOutput=*) touch "${argument#*=}"; exit 0 ;; esac
      done
      if [ "${*: -1}" = serve ]; then
        trap 'echo drained; exit 5' TERM
        echo serves
        while :; do sleep 0.05; done
      fi
      printf '[%s]' "$0" "$@"
      exit 7
      """;

  @TempDir private Path folder;

  private Path checkout;
  private Path machine;

  private record Ended(int status, String out, String err) {}

  @BeforeEach
  void makeACheckoutAndAMachine() throws IOException {
    checkout = Files.createDirectories(folder.resolve("check out")); // a blank, as people have it
    machine = Files.createDirectories(folder.resolve("jvm"));
    String script = Files.readString(Path.of("..", "anabranch"));
    assertThat(script).contains("/usr/lib/jvm/*", "/Library/Java/JavaVirtualMachines/*");
    program(
        checkout.resolve("anabranch"),
        script
            .replace("/usr/lib/jvm/*", machine + "/*")
            .replace("/Library/Java/JavaVirtualMachines/*", folder + "/none/*"));
    for (String source : List.of("cli/src/main/java", "protocols/scope/src/main/java")) {
      Files.createDirectories(checkout.resolve(source));
    }
    for (String source :
        List.of("pom.xml", "cli/pom.xml", "protocols/scope/pom.xml", "cli/src/main/java/A.java")) {
      Files.writeString(checkout.resolve(source), "");
    }
    for (String tool : TOOLS) {
      Files.createSymbolicLink(Files.createDirectories(tools()).resolve(tool), found(tool));
    }
    program(tools().resolve("mvn"), MAVEN.formatted(folder));
  }

  /// JUnit remarks on every link out of its folder that it finds there.
  @AfterEach
  void removeTheLinks() throws IOException {
    for (String tool : TOOLS) {
      Files.delete(tools().resolve(tool));
    }
  }

  private Path tools() {
    return folder.resolve("bin");
  }

  private static Path found(String tool) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(place -> Path.of(place, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("the launcher needs " + tool));
  }

  private static void program(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path jdk(Path place, String version) throws IOException {
    Files.createDirectories(place.resolve("bin"));
    Files.writeString(place.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    program(place.resolve("bin").resolve("java"), JAVA);
    return place;
  }

  private Process started(Map<String, String> environment, Path command, String... arguments)
      throws IOException {
    List<String> line = new ArrayList<>(List.of(command.toString()));
    line.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools().toString());
    builder.environment().put("HOME", folder.resolve("home").toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private Ended run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return ended(started(environment, checkout.resolve("anabranch"), arguments));
  }

  private Ended ended(Process process) throws IOException, InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    return new Ended(process.exitValue(), said("out"), said("err"));
  }

  private String said(String stream) throws IOException {
    return Files.readString(folder.resolve(stream), StandardCharsets.UTF_8);
  }

  private List<String> builds() throws IOException {
    Path calls = folder.resolve("mvn-calls");
    return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
  }

  private static final Map<String, String> NO_CACHE = Map.of("ANABRANCH_AOT", "off");

  @Test
  void handsArgumentsAndTheExitStatusOnAsTheyAre() throws Exception {
    Path jdk = jdk(machine.resolve("25"), "25.0.1");

    Ended ended = run(NO_CACHE, "put", "org:demo", "title=two words", "", "*");

    assertThat(ended.status()).isEqualTo(7);
    assertThat(ended.out())
        .startsWith("[" + jdk + "/bin/java]")
        .contains("[-Danabranch.terminals=]") // out and err are files here
        .endsWith("/anabranch.jar][put][org:demo][title=two words][][*]");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void handsASignalOnToTheProgram() throws Exception {
    jdk(machine.resolve("25"), "25.0.1");
    Process process = started(NO_CACHE, checkout.resolve("anabranch"), "serve");
    await().atMost(Duration.ofSeconds(30)).until(() -> said("out").contains("serves"));

    process.destroy(); // SIGTERM

    assertThat(ended(process)).isEqualTo(new Ended(5, "serves\ndrained\n", ""));
  }

  @Test
  void takesAJdkThatIsRecentEnoughWhereverItFindsOneFirst() throws Exception {
    Path old = jdk(folder.resolve("old"), "17.0.2");
    Path mine = jdk(folder.resolve("my own"), "26");
    Path theirs = jdk(machine.resolve("25"), "25");
    Path alsoOld = jdk(machine.resolve("21"), "21.0.4");

    assertThat(run(NO_CACHE).out()).contains(theirs + "/bin/java").doesNotContain(alsoOld + "/");
    assertThat(run(Map.of("ANABRANCH_AOT", "off", "JAVA_HOME", mine.toString())).out())
        .startsWith("[" + mine + "/bin/java]");
    assertThat(run(Map.of("ANABRANCH_AOT", "off", "JAVA_HOME", old.toString())).out())
        .startsWith("[" + theirs + "/bin/java]");
  }

  @Test
  void findsTheJdkOfThePathLast() throws Exception {
    Path jdk = jdk(folder.resolve("elsewhere"), "25.0.1");
    Files.createSymbolicLink(tools().resolve("java"), jdk.resolve("bin/java"));

    assertThat(run(NO_CACHE).out()).startsWith("[" + jdk + "/bin/java]");
  }

  @Test
  void withoutARecentJdkItSaysWhatItNeedsAndBuildsNothing() throws Exception {
    Path old = jdk(machine.resolve("17"), "17.0.2");

    Ended ended = run(Map.of("JAVA_HOME", old.toString()), "serve");

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains("needs a JDK 25 or newer", "JAVA_HOME", "temurin-25-jdk");
    assertThat(builds()).isEmpty();
  }

  @Test
  void buildsOnceAndAgainWhenASourceIsNewerOrGone() throws Exception {
    Path jdk = jdk(machine.resolve("25"), "25.0.1");
    assertThat(run(NO_CACHE).status()).isEqualTo(7);
    assertThat(builds()).containsExactly(jdk + ": -q -B -DskipTests -pl cli -am package");
    assertThat(run(NO_CACHE).status()).isEqualTo(7);
    assertThat(builds()).hasSize(1);

    Path source = checkout.resolve("protocols/scope/src/main/java/B.java");
    Files.writeString(source, "class B {}");
    assertThat(run(NO_CACHE).status()).isEqualTo(7);
    assertThat(builds()).hasSize(2);

    Files.delete(source);
    assertThat(run(NO_CACHE).status()).isEqualTo(7);
    assertThat(builds()).hasSize(3);
    assertThat(run(NO_CACHE).status()).isEqualTo(7);
    assertThat(builds()).hasSize(3);
  }

  @Test
  void aBuildThatFailsIsShownAndTriedAgain() throws Exception {
    jdk(machine.resolve("25"), "25.0.1");
    Path broken = Files.writeString(folder.resolve("broken"), "");

    Ended ended = run(NO_CACHE, "put");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains("ERROR that does not compile", "the build failed");

    Files.delete(broken);
    assertThat(run(NO_CACHE, "put").status()).isEqualTo(7);
  }

  @Test
  void withoutMavenItSaysWhatItNeeds() throws Exception {
    jdk(machine.resolve("25"), "25.0.1");
    Files.delete(tools().resolve("mvn"));

    Ended ended = run(NO_CACHE);

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err()).contains("needs Maven (mvn)", "package maven");
  }

  @Test
  void aRunningProgramKeepsTheJarsThatItStartedFrom() throws Exception {
    jdk(machine.resolve("25"), "25.0.1");
    Process serves = started(NO_CACHE, checkout.resolve("anabranch"), "serve");
    await().atMost(Duration.ofSeconds(30)).until(() -> said("out").contains("serves"));
    Path current = checkout.resolve("target/launcher/current");
    Path first = current.toRealPath();

    touch(checkout.resolve("pom.xml"));
    assertThat(run(NO_CACHE).status()).isEqualTo(7);

    assertThat(current.toRealPath()).isNotEqualTo(first);
    assertThat(first.resolve("anabranch.jar")).exists();
    assertThat(first.resolve("lib/one.jar")).exists();
    serves.destroy();
    assertThat(serves.waitFor()).isEqualTo(5);
  }

  private static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
  }

  @Test
  void runsFromALinkOnThePathToo() throws Exception {
    jdk(machine.resolve("25"), "25.0.1");
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, Path.of("check out/anabranch")); // relative to the link

    assertThat(ended(started(NO_CACHE, link, "put")).out()).endsWith("/anabranch.jar][put]");
  }

  @Test
  void makesTheStartUpCacheOnceAndUsesItFromThenOn() throws Exception {
    jdk(machine.resolve("25"), "25.0.1");
    assertThat(run(Map.of()).out()).doesNotContain("-XX:AOTCache");
    Path cache = checkout.resolve("target/launcher/current/anabranch.aot");
    await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(cache));

    assertThat(run(Map.of()).out()).contains("[-XX:AOTCache=", "/anabranch.aot]");
    assertThat(run(NO_CACHE).out()).doesNotContain("-XX:AOTCache");
    assertThat(run(Map.of("ANABRANCH_JAVA_OPTIONS", "-Xmx2g -Dx=y")).out())
        .contains("[-Xmx2g][-Dx=y]")
        .doesNotContain("-XX:AOTCache", "-Xmx1g");
  }

  @Test
  void saysWhichStreamsAreTerminals() throws Exception {
    jdk(machine.resolve("25"), "25.0.1");
    String anabranch = "'" + checkout.resolve("anabranch") + "'";

    assertThat(Terminal.typed(folder, NO_CACHE, tools(), anabranch + " put"))
        .contains("[-Danabranch.terminals=out,err]");
    assertThat(Terminal.typed(folder, NO_CACHE, tools(), anabranch + " put </dev/null | cat"))
        .contains("[-Danabranch.terminals=err]");
    assertThat(Terminal.typed(folder, NO_CACHE, tools(), anabranch + " put 2>/dev/null"))
        .contains("[-Danabranch.terminals=out]");
  }
}
