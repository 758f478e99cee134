package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.Headers;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// Says yes, or why not; pure.
///
/// @param limits the numbers
/// @param openLoopback whether the server serves everybody on this machine without a token, so that
///   web pages from elsewhere must be kept out by other means
public record ScopePolicy(ScopeLimits limits, boolean openLoopback) {
  /// How many words may wait for each place that a client may be present in.
  private static final int WORDS_WAITING_MAX = 4;

  private static final Pattern FIELD = Pattern.compile("_?\\p{L}[\\p{L}\\p{N}_.-]{0,127}");
  private static final Pattern LOOPBACK_HOST =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

  public ScopePolicy {
    Objects.requireNonNull(limits, "limits");
  }

  /// Whether a request with these headers may come in at all.
  ///
  /// On an open loopback, `Host` must be a loopback name and `Origin` absent or a loopback page:
  /// any web page can make its reader's browser ask this machine (DNS rebinding).
  public Optional<Refusal> admits(Headers headers) {
    if (!openLoopback) {
      return Optional.empty();
    }
    String host = headers.first("Host").orElse("");
    if (!isLoopback(host)) {
      return refused(ScopeFault.ORIGIN_REFUSED, "the host " + host + " is not this machine");
    }
    String origin = headers.first("Origin").orElse(null);
    if (origin != null && !isLoopback(authorityOf(origin))) {
      return refused(ScopeFault.ORIGIN_REFUSED, "pages of " + origin + " may not speak here");
    }
    return Optional.empty();
  }

  private static boolean isLoopback(String host) {
    return LOOPBACK_HOST.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }

  private static String authorityOf(String origin) {
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority == null ? "" : authority;
    } catch (IllegalArgumentException notAnOrigin) {
      return "";
    }
  }

  /// Whether a body of this `Content-Type` may be read: only JSON, which no web page can send
  /// elsewhere without asking first.
  public static Optional<Refusal> reads(Headers headers) {
    String type = headers.first("Content-Type").orElse("");
    String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return bare.equals("application/json") || bare.matches("application/[a-z0-9.-]+\\+json")
        ? Optional.empty()
        : refused(
            ScopeFault.UNSUPPORTED_MEDIA_TYPE,
            type.isEmpty()
                ? "the Content-Type is missing; it must be application/json"
                : "the Content-Type is " + type + "; it must be application/json");
  }

  /// Whether fields may be an entity's own: none with a reserved name, none that a program may take
  /// for something of its own (`__proto__`).
  public static Optional<Refusal> permitsFields(JsonObject fields) {
    for (String name : fields.fields().keySet()) {
      if (SyncRecord.RESERVED.contains(name)) {
        return refused(ScopeFault.INVALID, "the field name " + name + " is reserved");
      }
      if (!FIELD.matcher(name).matches()) {
        return refused(
            ScopeFault.INVALID,
            "the field name " + name + " is not a letter and then letters, digits, _ . -");
      }
    }
    return Optional.empty();
  }

  /// Whether a session that follows this many scopes may follow one more.
  public Optional<Refusal> followsAnother(int followed) {
    int most = limits.session().subscriptionsMax();
    return followed < most
        ? Optional.empty()
        : refused(
            ScopeFault.TOO_MANY_SUBSCRIPTIONS,
            "this connection follows " + followed + " scopes; at most " + most);
  }

  /// Whether a session with this many unanswered pushes may send one more.
  public Optional<Refusal> pushesAnother(int unanswered) {
    int most = limits.session().pushesMax();
    return unanswered < most
        ? Optional.empty()
        : refused(
            ScopeFault.RATE_LIMITED, unanswered + " pushes wait for an answer; at most " + most);
  }

  /// Whether one more frame may wait for a token to be checked.
  public Optional<Refusal> waitsAnother(int waiting) {
    int most = limits.session().waitingMax();
    return waiting < most
        ? Optional.empty()
        : refused(
            ScopeFault.RATE_LIMITED,
            waiting + " frames wait for the token to be checked; at most " + most);
  }

  /// Whether a client of which so many words are not answered may say one more.
  public Optional<Refusal> saysAnother(int unanswered) {
    int most = WORDS_WAITING_MAX * limits.session().presencesMax();
    return unanswered < most
        ? Optional.empty()
        : refused(
            ScopeFault.RATE_LIMITED,
            unanswered + " presence frames wait for an answer; at most " + most);
  }

  /// Whether a client that is present in this many places may be present in one more.
  public Optional<Refusal> presentInAnother(int places) {
    int most = limits.session().presencesMax();
    return places < most
        ? Optional.empty()
        : refused(
            ScopeFault.PRESENCE_FULL,
            "this connection is present in " + places + " places; at most " + most);
  }

  private static Optional<Refusal> refused(ScopeFault fault, String detail) {
    return Optional.of(new Refusal(fault, detail));
  }
}
