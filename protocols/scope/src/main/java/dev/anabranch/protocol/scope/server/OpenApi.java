package dev.anabranch.protocol.scope.server;

import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.RequestHead;
import dev.anabranch.protocol.scope.wire.Problem;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/// The description of scope sync's HTTP interface (OpenAPI 3.1); everybody may read it.
final class OpenApi {
  private static final byte[] DESCRIPTION = load();

  private OpenApi() {}

  /// The description's bytes: JSON.
  static byte[] description() {
    return DESCRIPTION.clone();
  }

  static HttpRoute route(RequestHead head) {
    return head.method().equals("GET")
        ? HttpRoute.answering(
            HttpAnswer.json(200, DESCRIPTION).with("Cache-Control", "public, max-age=60"))
        : HttpRoute.answering(
            ScopeExchange.problem(
                    Problem.of(
                        new Refusal(
                            ScopeFault.METHOD_NOT_ALLOWED,
                            head.method() + " means nothing here; use GET")))
                .with("Allow", "GET"));
  }

  private static byte[] load() {
    try (InputStream resource = OpenApi.class.getResourceAsStream("openapi.json")) {
      return Objects.requireNonNull(resource, "openapi.json is part of the program").readAllBytes();
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }
}
