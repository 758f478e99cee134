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
      request.header("Idempotency-Key", carried("--key", key));
    }
    if (device != null) {
      request.header("Anabranch-Device", carried("--device", device));
    }
    return request;
  }

  /// A value as a header of the JDK's client carries it: it writes ? for anything but ASCII, and no
  /// server sees blanks at the ends. Another write than the one that was asked for would be made
  /// safe to repeat.
  private static String carried(String option, String value) {
    boolean isCarried =
        value.chars().allMatch(sign -> sign >= ' ' && sign <= '~') && value.equals(value.strip());
    if (!isCarried) {
      throw new CommandFailure(
          CommandFailure.MISUSED,
          option
              + " is ASCII without blanks at its ends, for it travels in a header; a push (POST"
              + " /sync/push) takes any text");
    }
    return value;
  }
}
