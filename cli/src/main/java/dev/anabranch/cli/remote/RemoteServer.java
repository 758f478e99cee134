package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Asks a server over HTTP, and turns what goes wrong into a sentence and an exit status.
final class RemoteServer implements AutoCloseable {

  private static final JsonDecoder DECODER =
      new JsonDecoder(new JsonLimits(64 * 1024 * 1024, 100, 10_000_000));

  private final URI url;
  private final Optional<String> token;
  private final HttpClient client;

  /// @param trust whom to believe; empty = the certificates of the JDK
  RemoteServer(URI url, Optional<String> token, Optional<SSLContext> trust) {
    this.url = url;
    this.token = token;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10));
    trust.ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  URI url() {
    return url;
  }

  /// A request to a path, whose segments and parameters are encoded already.
  HttpRequest.Builder request(String path) {
    String base = url.toString();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path));
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    return request;
  }

  /// Sends a request with a JSON body.
  Answer send(String method, HttpRequest.Builder request, JsonObject body) {
    return send(
        request
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body.text())));
  }

  /// Sends a request; any status is an answer.
  Answer send(HttpRequest.Builder request) {
    HttpResponse<String> response =
        exchange(request.timeout(Duration.ofSeconds(60)), BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body());
  }

  /// Sends a request whose answer is read as it comes.
  HttpResponse<InputStream> stream(HttpRequest.Builder request) {
    return exchange(request, BodyHandlers.ofInputStream());
  }

  private <T> HttpResponse<T> exchange(HttpRequest.Builder request, BodyHandler<T> handler) {
    try {
      return client.send(request.build(), handler);
    } catch (ConnectException refused) {
      throw new CommandFailure(
          CommandFailure.UNREACHABLE,
          "nothing answers on " + url + "; start it with `anabranch serve`, or give --url",
          refused);
    } catch (IOException broken) {
      throw new CommandFailure(
          CommandFailure.UNREACHABLE,
          "the connection to " + url + " broke: " + said(broken),
          broken);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(CommandFailure.UNREACHABLE, "interrupted", interrupted);
    }
  }

  private static String said(IOException broken) {
    return broken.getMessage() == null ? broken.getClass().getSimpleName() : broken.getMessage();
  }

  /// A path segment or a query value, percent-encoded.
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// The JSON that a text spells, when it does.
  static Optional<Json> json(String text) {
    return DECODER.decode(text) instanceof Decoded.Value(Json value)
        ? Optional.of(value)
        : Optional.empty();
  }

  /// What a server answered.
  ///
  /// @param status the HTTP status
  /// @param body as it came
  record Answer(int status, String body) {

    boolean isGood() {
      return status >= 200 && status < 300;
    }

    /// The body as an object; empty when it is none.
    JsonObject object() {
      return json(body)
          .filter(JsonObject.class::isInstance)
          .map(JsonObject.class::cast)
          .orElse(JsonObject.EMPTY);
    }

    /// The answer, when it is good.
    ///
    /// @throws CommandFailure with the server's sentence otherwise
    Answer orFail() {
      if (isGood()) {
        return this;
      }
      String code = object().string("code").orElse("status " + status);
      String detail = object().string("detail").orElse(body.lines().findFirst().orElse(""));
      int exitCode = status >= 500 ? CommandFailure.UNREACHABLE : CommandFailure.NO;
      throw new CommandFailure(exitCode, code + ": " + detail + advice(code));
    }

    private static String advice(String code) {
      return code.startsWith("status") ? "" : " (anabranch help errors " + code + ")";
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
