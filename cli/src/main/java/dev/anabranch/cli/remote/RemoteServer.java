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
import java.net.ProtocolException;
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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Asks a server over HTTP, and turns what goes wrong into a sentence and an exit status. Whatever
/// answers otherwise than the protocol says is taken for another program.
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
    return new Answer(url, response.statusCode(), contentType(response), response.body());
  }

  /// Sends a request whose answer is read as it comes.
  HttpResponse<InputStream> stream(HttpRequest.Builder request) {
    return exchange(request, BodyHandlers.ofInputStream());
  }

  /// Whether an answer is the stream that was asked for.
  ///
  /// @throws CommandFailure when it is good and something else: then what answers is no Anabranch
  boolean isStream(HttpResponse<InputStream> response, String contentType) {
    if (response.statusCode() == 200 && !contentType(response).equals(contentType)) {
      throw stranger(url, response.statusCode(), contentType(response));
    }
    return response.statusCode() == 200;
  }

  /// Ends with what was said instead of the stream that was asked for.
  CommandFailure refused(HttpResponse<InputStream> response, String body) {
    Answer answer = new Answer(url, response.statusCode(), contentType(response), body);
    JsonObject unused = answer.orFail("code");
    return answer.stranger(); // a code beside a good status
  }

  private static String contentType(HttpResponse<?> response) {
    String type = response.headers().firstValue("Content-Type").orElse("no content type");
    return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static CommandFailure stranger(URI url, int status, String contentType) {
    return new CommandFailure(
        CommandFailure.UNREACHABLE,
        "what answers on "
            + url
            + " is no Anabranch: it says "
            + status
            + " with "
            + contentType
            + "; give another --url");
  }

  private <T> HttpResponse<T> exchange(HttpRequest.Builder request, BodyHandler<T> handler) {
    try {
      return client.send(request.build(), handler);
    } catch (ConnectException refused) {
      throw new CommandFailure(
          CommandFailure.UNREACHABLE,
          "nothing answers on " + url + "; start it with `anabranch serve`, or give --url",
          refused);
    } catch (ProtocolException other) {
      throw new CommandFailure(
          CommandFailure.UNREACHABLE,
          "what answers on " + url + " is no Anabranch: " + said(other) + "; give another --url",
          other);
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

  /// What was answered.
  ///
  /// @param url by what
  /// @param status the HTTP status
  /// @param contentType without parameters, in lower case
  /// @param body as it came
  record Answer(URI url, int status, String contentType, String body) {

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

    /// The body of a good answer.
    ///
    /// @param fields which every good answer to this request has
    /// @throws CommandFailure with the server's sentence when the answer is no, and when what
    ///   answers is no Anabranch
    JsonObject orFail(String... fields) {
      JsonObject object = object();
      if (isGood()) {
        requireAll(object, fields);
        return object;
      }
      if (status < 500) {
        requireAll(object, "code");
      }
      String code = object.string("code").orElse("status " + status);
      String detail = object.string("detail").orElse(body.lines().findFirst().orElse(""));
      boolean unreachable = status >= 500 || code.equals("tls_required");
      int exitCode = unreachable ? CommandFailure.UNREACHABLE : CommandFailure.NO;
      throw new CommandFailure(exitCode, code + ": " + detail + advice(code), object);
    }

    private void requireAll(JsonObject object, String... fields) {
      if (!object.fields().keySet().containsAll(List.of(fields))) {
        throw stranger();
      }
    }

    /// What to say when this is not how an Anabranch answers.
    CommandFailure stranger() {
      return RemoteServer.stranger(url, status, contentType);
    }

    private static String advice(String code) {
      String how =
          code.equals("unauthenticated")
              ? "; name a file with a token by --token-file or ANABRANCH_TOKEN_FILE"
              : "";
      return code.startsWith("status") ? "" : how + " (anabranch help errors " + code + ")";
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
