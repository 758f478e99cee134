package dev.anabranch.server.http;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// `/`: what this is and what to try; a page for people, JSON for programs.
final class IndexPage {

  private final String version;

  IndexPage(String version) {
    this.version = version;
  }

  HttpAnswer answer(HttpRequest request) {
    boolean browser =
        request
            .headers()
            .first("Accept")
            .filter(accept -> accept.contains("text/html"))
            .isPresent();
    HttpAnswer answer =
        browser
            ? HttpAnswer.of(200, "text/html; charset=utf-8", utf8(page(address(request))))
                .with("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .with("X-Content-Type-Options", "nosniff")
            : HttpAnswer.json(200, utf8(index().text()));
    return answer.with("Vary", "Accept");
  }

  private JsonObject index() {
    List<Json> paths =
        List.<String>of(
                "GET /sync/bootstrap?scope=",
                "GET /sync/delta?scope=&lastSyncId=",
                "GET /sync/live?scope=",
                "WS /sync",
                "POST /sync/push",
                "POST /api/{model}",
                "GET|PATCH|DELETE /api/{model}/{id}",
                "GET /openapi.json",
                "GET /healthz",
                "GET /readyz",
                "GET /metrics",
                "GET|POST /admin/tokens",
                "DELETE /admin/tokens/{id}",
                "GET /admin/keys",
                "DELETE /admin/keys/{key}")
            .stream()
            .<Json>map(JsonString::new)
            .toList();
    return JsonObject.EMPTY
        .with("server", "anabranch")
        .with("version", version)
        .with("paths", new JsonArray(paths));
  }

  /// The address as the asker knows it, when it is one that can be shown.
  private static String address(HttpRequest request) {
    String host = host(request.headers());
    return (request.peer().secure() ? "https://" : "http://") + host;
  }

  private static String host(Headers headers) {
    return headers
        .first("Host")
        .filter(host -> host.matches("[A-Za-z0-9.:\\[\\]-]{1,255}"))
        .orElse("127.0.0.1:8080");
  }

  private String page(String address) {
    return """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Anabranch</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
      pre { background: #8881; padding: .8rem; border-radius: .4rem; overflow-x: auto }
      @media (prefers-color-scheme: dark) { body { background: #111; color: #ddd } a { color: #8cf } }
    </style>
    <h1>Anabranch %1$s</h1>
    <p>This server keeps one ordered log of changes and brings it to whoever follows. Try it:</p>
    <pre>curl -X POST '%2$s/api/Note' -H 'Content-Type: application/json' \\
      -d '{"scope":"org:demo","id":"n1","title":"Hello"}'
    curl '%2$s/sync/bootstrap?scope=org:demo'
    curl -N '%2$s/sync/live?scope=org:demo'</pre>
    <p><a href="/openapi.json">openapi.json</a> · <a href="/readyz">readyz</a> ·
       <a href="/metrics">metrics</a></p>
    """
        .formatted(version, address);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
