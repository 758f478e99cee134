package dev.anabranch.transport;

import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpCall;
import dev.anabranch.link.HttpCaller;
import dev.anabranch.link.LinkFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;

/// Calls servers with the JDK's client: HTTP/2 where there is TLS, compressed answers, bounded
/// bodies.
public final class JdkHttpCaller implements HttpCaller, AutoCloseable {
  private final HttpClient client;
  private final int bodyBytesMax;

  private JdkHttpCaller(HttpClient client, int bodyBytesMax) {
    this.client = client;
    this.bodyBytesMax = bodyBytesMax;
  }

  /// A caller.
  ///
  /// @param bodyBytesMax the longest answer, before and after decompressing; a longer one fails
  /// @param tls whom to trust; empty for the JDK's certificates
  public static JdkHttpCaller create(int bodyBytesMax, Optional<SSLContext> tls) {
    HttpClient.Builder builder = HttpClient.newBuilder();
    tls.ifPresent(builder::sslContext);
    return new JdkHttpCaller(builder.build(), bodyBytesMax);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // its outcome goes into the result
  public CompletionStage<HttpAnswer> call(HttpCall call) {
    CompletableFuture<HttpAnswer> result = new CompletableFuture<>();
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(
            request(call), BodyHandlers.limiting(BodyHandlers.ofByteArray(), bodyBytesMax));
    sent.whenComplete((response, failure) -> {
      if (failure != null) {
        result.completeExceptionally(
            LinkFailure.unreachable("no answer from " + call.uri().getHost(), failure));
      } else {
        complete(result, response);
      }
    });
    result.whenComplete((answer, failure) -> {
      if (result.isCancelled()) {
        sent.cancel(true); // whoever gave up gets the connection back too
      }
    });
    return result;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private static HttpRequest request(HttpCall call) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(call.uri())
            .timeout(call.timeout())
            .method(
                call.method(),
                call.body().length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(call.body()));
    request.header("Accept-Encoding", "gzip");
    call.headers().forEach(request::header);
    if (!call.uri().getScheme().equals("https")) {
      // Without TLS the client would ask for an upgrade that nobody here gives.
      request.version(HttpClient.Version.HTTP_1_1);
    }
    return request.build();
  }

  private void complete(CompletableFuture<HttpAnswer> result, HttpResponse<byte[]> response) {
    try {
      result.complete(new HttpAnswer(response.statusCode(), headers(response), unzipped(response)));
    } catch (IOException | IllegalArgumentException e) {
      result.completeExceptionally(LinkFailure.unreachable("the answer cannot be read", e));
    }
  }

  private byte[] unzipped(HttpResponse<byte[]> response) throws IOException {
    boolean gzip = response.headers().firstValue("Content-Encoding").orElse("").equals("gzip");
    if (!gzip || response.body().length == 0) {
      return response.body();
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      byte[] body = in.readNBytes(bodyBytesMax);
      if (in.read() >= 0) {
        throw new IOException("the answer is longer than " + bodyBytesMax + " bytes");
      }
      return body;
    }
  }

  /// Without the pseudo-fields of HTTP/2, and without the coding that has been undone.
  private static Headers headers(HttpResponse<byte[]> response) {
    List<String> namesAndValues = new ArrayList<>();
    response
        .headers()
        .map()
        .forEach((name, values) -> {
          if (!name.startsWith(":") && !name.equalsIgnoreCase("Content-Encoding")) {
            for (String value : values) {
              namesAndValues.add(name);
              namesAndValues.add(value);
            }
          }
        });
    return Headers.of(namesAndValues);
  }
}
