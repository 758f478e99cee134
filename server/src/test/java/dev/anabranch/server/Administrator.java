package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.rule.HttpAuthentication;
import dev.anabranch.nostr.text.Digest;
import dev.anabranch.nostr.text.Hex;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Somebody who asks a relay's management API (NIP-86), each request signed (NIP-98).
final class Administrator {

  private final Served served;
  private final SecretKey key;
  private int asked;

  Administrator(Served served, SecretKey key) {
    this.served = served;
    this.key = key;
  }

  /// A request's body; each differs, so that each proof does.
  private static String body(String method, String... params) {
    return "{\"method\":\"" + method + "\",\"params\":[" + String.join(",", params) + "]}";
  }

  String hash(String method, String... params) {
    return Hex.of(Digest.sha256(body(method, params).getBytes(StandardCharsets.UTF_8)));
  }

  String header(long createdAt, String url, String method, String payload) {
    List<Tag> tags = new ArrayList<>(List.of(Tag.of("u", url), Tag.of("method", method)));
    if (!payload.isEmpty()) {
      tags.add(Tag.of("payload", payload));
    }
    tags.add(Tag.of("nonce", Integer.toString(asked++)));
    Event proof = NostrClient.event(key, 27_235, createdAt, "", tags.toArray(Tag[]::new));
    return HttpAuthentication.header(proof);
  }

  String proof(String method, String... params) {
    return header(
        System.currentTimeMillis() / 1000,
        served.uri("/").toString(),
        "POST",
        hash(method, params));
  }

  HttpResponse<String> send(String header, String method, String... params) {
    return served.send(
        served
            .request("/")
            .header("Content-Type", "application/nostr+json+rpc")
            .header("Authorization", header)
            .POST(Served.body(body(method, params))));
  }

  HttpResponse<String> answer(String method, String... params) {
    return send(proof(method, params), method, params);
  }

  /// The result of what must succeed.
  String asks(String method, String... params) {
    HttpResponse<String> answer = answer(method, params);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).startsWith("{\"result\":");
    return answer.body().substring("{\"result\":".length(), answer.body().length() - 1);
  }

  /// Changes something.
  void does(String method, String... params) {
    assertThat(asks(method, params)).isEqualTo("true");
  }
}
