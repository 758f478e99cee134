package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.server.configuration.ConfigurationFailure;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.testkit.MemoryStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServedTest {

  private static final Map<String, String> BY_TOKEN = Map.of("auth.mode", "token");

  @Test
  void answersItsOwnRoutes() {
    try (Served served = Served.open()) {
      assertThat(served.get("/healthz").body()).isEqualTo("{\"status\":\"alive\"}");
      assertThat(served.get("/readyz").body()).isEqualTo("{\"status\":\"ready\"}");
      assertThat(served.get("/").body()).contains("\"server\":\"anabranch\"");
      assertThat(served.get("/metrics").body())
          .contains("anabranch_connections", "anabranch_queue_writes", "jvm_memory_used_bytes");
    }
  }

  @Test
  void theIndexIsAPageForABrowser() {
    try (Served served = Served.open()) {
      HttpResponse<String> answer =
          served.send(served.request("/").header("Accept", "text/html,*/*"));
      assertThat(answer.body()).contains("<!doctype html>", served.uri("/api/Note").toString());
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /healthz, 405",
    "POST, /, 405",
    "PUT, /admin/tokens, 405",
    "GET, /admin/tokens/a, 405",
    "GET, /admin, 404",
    "GET, /admin/tokens/a/b, 404",
    "GET, /nothing, 404",
  })
  void aPathOrMethodThatMeansNothingIsAProblem(String method, String path, int status) {
    try (Served served = Served.open()) {
      HttpResponse<String> answer =
          served.send(served.request(path).method(method, Served.body("")));
      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }
  }

  @Test
  void anOpenServerRefusesPagesOfStrangers() {
    try (Served served = Served.open()) {
      HttpResponse<String> answer =
          served.send(served.request("/").header("Origin", "https://evil.example"));
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body()).contains("\"code\":\"origin_refused\"");
    }
  }

  @Test
  void anOpenServerOnAPublicAddressDoesNotStartAndSaysHowToFixIt() {
    ConfigurationSource source =
        new ConfigurationSource()
            .flag("server.host", Optional.of("0.0.0.0"))
            .flag("server.port", Optional.of(0));
    assertThatThrownBy(() -> Server.start(source.read(), MemoryStore::fresh))
        .isInstanceOf(ConfigurationFailure.class)
        .hasMessageContaining("ANABRANCH_AUTH__MODE=token")
        .hasMessageContaining("anabranch token create");
  }

  @Test
  void anAddressIsSpelledAsAClientOnThisMachineWouldDialIt() throws UnknownHostException {
    InetAddress any = InetAddress.getByAddress(new byte[4]);
    InetAddress six =
        InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    assertThat(RunningServer.uri(new InetSocketAddress(any, 8080), false))
        .hasToString("http://127.0.0.1:8080");
    assertThat(RunningServer.uri(new InetSocketAddress(six, 8443), true))
        .hasToString("https://[0:0:0:0:0:0:0:1]:8443");
    assertThat(RunningServer.address("::1", 8443, true)).isEqualTo("https://[::1]:8443");
    assertThat(RunningServer.address("localhost", 80, false)).isEqualTo("http://localhost:80");
  }

  @Test
  void tokensAreMadeListedAndEndedByTheOperator() {
    try (Served served = Served.open(BY_TOKEN)) {
      String owner = served.token("operator", Authority.OWNER);
      HttpResponse<String> made =
          served.post(
              "/admin/tokens",
              "{\"principal\":\"ann\",\"scopes\":[\"org:*\"],\"right\":\"write\",\"label\":\"phone\"}",
              owner);
      assertThat(made.statusCode()).isEqualTo(201);
      String token = found("\"token\":\"(anb_[a-z2-7]{16}_[a-z2-7]{52})\"", made.body());

      String listed = served.get("/admin/tokens", owner).body();
      assertThat(listed)
          .contains("\"principal\":\"ann\"", "\"label\":\"phone\"", "\"right\":\"write\"")
          .doesNotContain(token.substring(token.length() - 52));

      String id = token.substring(4, 20);
      assertThat(served.send(deleting(served, id, owner)).statusCode()).isEqualTo(200);
      assertThat(served.send(deleting(served, id, owner)).statusCode()).isEqualTo(404);
      assertThat(served.get("/admin/tokens", token).statusCode()).isEqualTo(401);
    }
  }

  private static java.net.http.HttpRequest.Builder deleting(
      Served served, String id, String token) {
    return served
        .request("/admin/tokens/" + id)
        .header("Authorization", "Bearer " + token)
        .DELETE();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | principal must be",
        "[] | the body must be a JSON object",
        "{\"principal\":\"a\",\"rights\":\"read\"} | nothing is called rights in a token",
        "{\"principal\":\"a\",\"right\":\"none\"} | right must be read, write or admin",
        "{\"principal\":\"a\",\"scopes\":[\"Org:\"]} | not a scope name",
        "{\"principal\":\"a\",\"scopes\":3} | scopes must be a list",
        "{\"principal\":\"a\",\"owner\":1} | owner must be true or false",
        "{\"principal\":\"a\",\"seconds\":0} | seconds must be a whole number",
      })
  void aTokenThatCannotBeIsRefusedWithASentence(String body, String sentence) {
    try (Served served = Served.open()) {
      HttpResponse<String> answer = served.post("/admin/tokens", body);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains(sentence);
    }
  }

  @Test
  void whoHasNoTokenOrNotTheOperatorsMakesNone() {
    try (Served served = Served.open(BY_TOKEN)) {
      String body = "{\"principal\":\"ann\"}";
      HttpResponse<String> without = served.post("/admin/tokens", body);
      assertThat(without.statusCode()).isEqualTo(401);
      assertThat(without.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
      String user = served.token("ann", Authority.GRANTED);
      assertThat(served.post("/admin/tokens", body, user).statusCode()).isEqualTo(403);
      String wrong = user.substring(0, user.length() - 1) + (user.endsWith("a") ? "b" : "a");
      assertThat(served.post("/admin/tokens", body, wrong).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void whoAsksTooFastIsToldWhenToComeBack() {
    Map<String, String> slow =
        Map.of("rate.per_second", "1", "rate.burst", "3", "rate.loopback", "true");
    try (Served served = Served.open(slow)) {
      List<Integer> statuses =
          java.util.stream.IntStream.range(0, 4)
              .mapToObj(ignored -> served.get("/healthz").statusCode())
              .toList();
      assertThat(statuses).containsExactly(200, 200, 200, 429);
      assertThat(served.get("/healthz").headers().firstValue("Retry-After")).isPresent();
    }
  }

  private static String found(String pattern, String text) {
    java.util.regex.Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
    return matcher.group(1);
  }

  @Test
  void whatIsRefusedForThePrincipalsRateIsCountedToo() {
    try (Served served = Served.open(Map.of("requests.per_second", "1", "requests.burst", "2"))) {
      int tooFast = 0;
      for (int i = 0; i < 10; i++) {
        tooFast += served.get("/sync/delta?scope=org:1&lastSyncId=0").statusCode() == 429 ? 1 : 0;
      }
      assertThat(tooFast).isPositive();
      assertThat(served.get("/metrics").body())
          .contains("\nanabranch_rate_limited_total " + tooFast + ".0\n");
    }
  }
}
