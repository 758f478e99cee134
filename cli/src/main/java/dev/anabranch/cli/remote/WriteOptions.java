package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.CommandFailure;
import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What makes a write safe to repeat and to lose a race.
final class WriteOptions {

  @Option(
      names = "--if-match",
      paramLabel = "VERSION",
      description = "Only if the entity still has this version; otherwise exit status 1.")
  private @Nullable Long ifMatch;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "The write's key: sent again under the same key it is done once.")
  private @Nullable String key;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "The device that writes, for models with the rule causal.")
  private @Nullable String device;

  HttpRequest.Builder on(HttpRequest.Builder request) {
    if (ifMatch != null) {
      request.header("If-Match", Long.toString(ifMatch));
    }
    if (key != null) {
      set(request, "Idempotency-Key", "--key", key);
    }
    if (device != null) {
      set(request, "Anabranch-Device", "--device", device);
    }
    return request;
  }

  private static void set(HttpRequest.Builder request, String field, String option, String value) {
    try {
      request.header(field, value);
    } catch (IllegalArgumentException unfit) {
      throw new CommandFailure(
          CommandFailure.MISUSED, option + " has a character that HTTP does not carry", unfit);
    }
  }
}
