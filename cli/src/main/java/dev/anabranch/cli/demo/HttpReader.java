package dev.anabranch.cli.demo;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.protocol.scope.wire.BootstrapLine;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.DeltaPage;
import dev.anabranch.protocol.scope.wire.ScopeBodies;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// A reader without a client: one bootstrap over HTTP, then pages of changes from its cursor on.
final class HttpReader {

  private final String url;
  private final String scope;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ScopeBodies bodies = ScopeBodies.ofClient();
  private final FileTree tree = new FileTree();
  private final Map<String, Long> syncIds = new HashMap<>();
  private long cursor;

  HttpReader(String url, String scope) {
    this.url = url;
    this.scope = URLEncoder.encode(scope, StandardCharsets.UTF_8);
  }

  FileTree tree() {
    return tree;
  }

  /// The id of the last change that is covered.
  long cursor() {
    return cursor;
  }

  /// Reads the whole scope; without the last line the answer does not count.
  void bootstrap() throws IOException, InterruptedException {
    HttpRequest ask =
        request("/sync/bootstrap?scope=" + scope).header("Accept", ScopeBodies.NDJSON).build();
    HttpResponse<InputStream> answer = http.send(ask, HttpResponse.BodyHandlers.ofInputStream());
    long items = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        switch (good(bodies.line(line.getBytes(StandardCharsets.UTF_8)))) {
          case BootstrapLine.Item item -> {
            items++;
            take(item.item());
          }
          case BootstrapLine.End end -> {
            check(end.count() == items, items + " items, " + end.count() + " were promised");
            cursor = end.lastSyncId();
            return;
          }
        }
        line = lines.readLine();
      }
    }
    throw new IOException("the bootstrap has no last line");
  }

  private void take(SyncRecord item) {
    tree.put(item.id().text(), item.fields());
    syncIds.put(item.id().text(), item.syncId());
  }

  /// Reads everything that was committed since.
  void catchUp() throws IOException, InterruptedException {
    boolean more = true;
    while (more) {
      HttpRequest ask = request("/sync/delta?scope=" + scope + "&lastSyncId=" + cursor).build();
      HttpResponse<byte[]> answer = http.send(ask, HttpResponse.BodyHandlers.ofByteArray());
      DeltaPage page = good(bodies.delta(answer.body()));
      page.events().forEach(this::take);
      cursor = page.latestSyncId();
      more = page.hasMore();
    }
  }

  private void take(SyncEvent event) {
    String path = event.modelId().text();
    if (event.id() <= syncIds.getOrDefault(path, 0L)) {
      return; // the record of the bootstrap was newer
    }
    JsonObject data = event.data();
    if (data == null) {
      tree.remove(path);
    } else {
      tree.patch(path, data);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path));
  }

  private static <T> T good(Decoded<T> decoded) throws IOException {
    return switch (decoded) {
      case Decoded.Good<T>(T value) -> value;
      case Decoded.Bad<T> bad -> throw new IOException(bad.refusal().detail());
    };
  }

  private static void check(boolean right, String what) throws IOException {
    if (!right) {
      throw new IOException(what);
    }
  }
}
