package dev.anabranch.cli.editors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.anabranch.client.Anabranch;
import dev.anabranch.client.OpenDocument;
import dev.anabranch.client.Scope;
import dev.anabranch.testkit.NpmFolder;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TipTap and CodeMirror in Chromium, over both providers that people use, with a Java client, on
/// one server: what each types all have in the end.
///
/// TipTap works on the XML root `default`, CodeMirror and the device on the text root `body` of the
/// same document; that all hold the same document is seen by its snapshot, byte for byte.
class EditorsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String SCOPE = "org:demo";

  @TempDir static Path folder;
  private static @Nullable ServerProcess server;
  private static @Nullable Browser browser;
  private static String address = "";

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Optional<Path> chromium = EditorPages.chromium();
    assumeTrue(chromium.isPresent(), "skipped: Chromium is not installed");
    NpmFolder pages = EditorPages.build();
    ServerProcess started = ServerProcess.start(folder);
    server = started;
    address = started.address();
    browser = Browser.start(pages, chromium.get());
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (browser != null) {
      browser.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private static Browser.Page open(String user, String editor, String provider, String document) {
    return Objects.requireNonNull(browser).open(user, editor, provider, address, document);
  }

  private static Anabranch device(String name) {
    return Anabranch.open(address, folder.resolve(name + ".db"));
  }

  private static void typeAtEnd(OpenDocument document, String text) {
    document.edit(inner -> {
      var body = inner.text("body");
      body.insert(body.length(), text);
    });
  }

  private static String body(OpenDocument document) {
    return document.read(inner -> inner.text("body").text());
  }

  /// As a page shows its state: the bytes of the snapshot.
  private static String state(OpenDocument document) {
    byte[] bytes = document.<byte[]>read(inner -> inner.snapshot().encodeV1());
    return IntStream.range(0, bytes.length)
        .mapToObj(index -> Integer.toString(bytes[index] & 0xff))
        .collect(Collectors.joining(","));
  }

  private static void untilAllHoldTheSame(OpenDocument device, Browser.Page... pages) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(Stream.of(pages).map(Browser.Page::state)).containsOnly(state(device)));
  }

  @Test
  void twoTipTapsTwoCodeMirrorsAndADeviceEndWithOneDocument() throws Exception {
    try (Anabranch client = device("phone")) {
      OpenDocument phone = client.scope(SCOPE).document("minutes");
      Browser.Page ada = open("Ada", "tiptap", "websocket", "minutes");
      Browser.Page bob = open("Bob", "tiptap", "hocuspocus", "minutes");
      Browser.Page cyd = open("Cyd", "codemirror", "websocket", "minutes");
      Browser.Page dan = open("Dan", "codemirror", "hocuspocus", "minutes");

      ada.type("Ada begins.");
      await().atMost(PATIENCE).until(() -> bob.shown().contains("Ada begins."));
      bob.type(" Bob goes on.");
      Thread typist =
          Thread.ofVirtual()
              .start(() -> IntStream.range(0, 40).forEach(n -> typeAtEnd(phone, "j")));
      cyd.type("cccccccccc");
      dan.type("dddddddddd");
      typist.join();

      untilAllHoldTheSame(phone, ada, bob, cyd, dan);
      assertThat(ada.prose()).contains("Ada begins. Bob goes on.").isEqualTo(bob.prose());
      assertThat(body(phone)).isEqualTo(cyd.text()).isEqualTo(dan.text()).hasSize(60);
      for (char letter : "jjjjjccccddd".toCharArray()) {
        assertThat(body(phone)).contains(String.valueOf(letter));
      }
      assertThat(dan.shown()).contains(body(phone));

      await().atMost(PATIENCE).until(() -> bob.carets().contains("Ada"));
      await().atMost(PATIENCE).until(() -> ada.carets().contains("Bob"));
      await().atMost(PATIENCE).until(() -> cyd.carets().contains("Dan"));
      await().atMost(PATIENCE).until(() -> dan.carets().contains("Cyd"));
      ada.screenshot(Path.of("target", "editors-tiptap.png"));
      dan.screenshot(Path.of("target", "editors-codemirror.png"));
      Stream.of(ada, bob, cyd, dan).forEach(Browser.Page::close);
    }
  }

  @Test
  void pagesAndADeviceThatWereOfflineComeBackWithWhatTheyTyped() throws Exception {
    try (Anabranch client = device("tablet")) {
      OpenDocument tablet = client.scope(SCOPE).document("journey");
      Browser.Page eve = open("Eve", "codemirror", "websocket", "journey");
      Browser.Page fay = open("Fay", "codemirror", "hocuspocus", "journey");
      eve.type("start");
      await().atMost(PATIENCE).until(() -> body(tablet).equals("start"));
      eve.goOffline();
      fay.goOffline();
      client.goOffline();
      await().atMost(PATIENCE).until(() -> !eve.isConnected() && !fay.isConnected());
      eve.type(" eve");
      fay.type(" fay");
      typeAtEnd(tablet, " tablet");
      assertThat(eve.text()).isEqualTo("start eve");
      assertThat(fay.text()).isEqualTo("start fay");
      eve.goOnline();
      fay.goOnline();
      client.goOnline();

      untilAllHoldTheSame(tablet, eve, fay);
      assertThat(body(tablet)).startsWith("start").contains(" eve", " fay", " tablet");
      assertThat(client.awaitQuiet(PATIENCE)).isTrue();
      Stream.of(eve, fay).forEach(Browser.Page::close);
    }
  }

  @Test
  void aReadShowsWhatTheEditorsWrote() throws Exception {
    Browser.Page gil = open("Gil", "tiptap", "websocket", "report");
    Browser.Page hal = open("Hal", "codemirror", "websocket", "report");
    gil.type("# A heading");
    gil.press("Enter");
    gil.type("and a line");
    hal.type("let code = 1");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(get("report", "root=default:xml&root=body:text", "application/json"))
                .contains("A heading", "and a line", "let code = 1"));
    assertThat(get("report", "root=body:text", "text/markdown")).isEqualTo("let code = 1");
    assertThat(get("report", "root=default:xml", "text/plain"))
        .contains("<heading", "A heading</heading>", "<paragraph>and a line</paragraph>");
    Stream.of(gil, hal).forEach(Browser.Page::close);
  }

  private static String get(String document, String roots, String accept)
      throws IOException, InterruptedException {
    URI uri =
        URI.create(
            address
                + "/api/"
                + Scope.DOCUMENT
                + "/"
                + document
                + "?scope="
                + URLEncoder.encode(SCOPE, StandardCharsets.UTF_8)
                + "&"
                + roots);
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(uri).header("Accept", accept).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
