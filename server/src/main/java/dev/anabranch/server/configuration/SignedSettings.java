package dev.anabranch.server.configuration;

import dev.anabranch.json.JsonLimits;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.protocol.signed.server.SignedAccess.Who;
import dev.anabranch.protocol.signed.server.SignedLimits;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// Section `[signed]`: clients that sign every frame with a Nostr key.
///
/// @param enabled whether they may come in
/// @param address what the server calls itself in challenges; empty = the host of `[nostr] url`, or
///   a loopback name
/// @param admits whom it is open to; empty = anyone on an open server, members on another
/// @param keyFile where the server's own key is; empty = `server.key` in the data folder
/// @param limits what they can cost
public record SignedSettings(
    boolean enabled,
    String address,
    Optional<Who> admits,
    Optional<Path> keyFile,
    SignedLimits limits) {

  private static final int MOST = Integer.MAX_VALUE;
  private static final int DAY_SECONDS = 86_400;

  public SignedSettings {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(admits, "admits");
    Objects.requireNonNull(keyFile, "keyFile");
    Objects.requireNonNull(limits, "limits");
  }

  /// Whom it is open to on a server that is open to everybody of its machine, or to holders of
  /// tokens.
  public Who who(boolean open) {
    return admits.orElse(open ? Who.ANYONE : Who.MEMBERS);
  }

  static SignedSettings read(Section section) {
    String address = section.text("url", "");
    if (!address.isEmpty() && !address.matches("wss?://[^\\s]+")) {
      throw section.wrong("url", "empty, or ws:// or wss:// and the address of /sync");
    }
    return new SignedSettings(
        section.flag("enabled", true),
        address,
        section.text("admits", "").isEmpty()
            ? Optional.empty()
            : Optional.of(section.word("admits", Who.ANYONE)),
        Optional.of(section.text("key_file", "")).filter(text -> !text.isEmpty()).map(Path::of),
        limits(section, SignedLimits.DEFAULT));
  }

  private static SignedLimits limits(Section section, SignedLimits fallback) {
    JsonLimits frame =
        new JsonLimits(
            section.number("frame_bytes_max", fallback.frame().bytesMax(), 1024, 64 << 20),
            fallback.frame().depthMax(),
            section.number("frame_values_max", fallback.frame().valuesMax(), 10, MOST));
    int most = cursorsOf(frame);
    return new SignedLimits(
        frame,
        section.flag("allow_unchallenged_connect", fallback.allowsUnchallengedConnect()),
        millis(section, "unchallenged_skew_seconds", fallback.bareSkewMillis(), 600),
        millis(section, "skew_seconds", fallback.skewMillis(), DAY_SECONDS),
        section.number("handshake_millis", Math.toIntExact(fallback.handshakeMillis()), 1, MOST),
        section.number("idle_millis", Math.toIntExact(fallback.idleMillis()), 2, MOST),
        section.number("rotate_millis", Math.toIntExact(fallback.rotateMillis()), 1, MOST),
        section.number("previous_millis", Math.toIntExact(fallback.previousMillis()), 1, MOST),
        section.number("waiting_max", fallback.waitingMax(), 1, MOST),
        section.number("outgoing_max", fallback.outgoingMax(), 16, MOST),
        section.number("commits_max", fallback.commitsMax(), 1, MOST),
        section.number("subscriptions_max", Math.min(fallback.subscriptionsMax(), most), 1, most),
        section.number("sessions_max", fallback.sessionsMax(), 1, MOST),
        section.number("sessions_per_key_max", fallback.sessionsPerKeyMax(), 1, MOST),
        section.number("unchallenged_max", fallback.replaysMax(), 1, MOST),
        fallback.page(),
        rate(section, "frames_per_second", "frames_burst", fallback.frames()),
        rate(section, "payloads_per_second", "payloads_burst", fallback.payloads()));
  }

  /// How many cursors one `resume` holds: a chat whose id is a UUID, and its cursor, are at most 64
  /// bytes and two values.
  private static int cursorsOf(JsonLimits frame) {
    int besides = 16;
    return Math.max(1, Math.min(frame.bytesMax() / 64, frame.valuesMax() / 2) - besides);
  }

  private static long millis(Section section, String key, long fallback, int most) {
    return section.number(key, Math.toIntExact(fallback / 1_000), 1, most) * 1_000L;
  }

  private static Rate rate(Section section, String perSecond, String burst, Rate fallback) {
    return new Rate(
        section.number(perSecond, Math.toIntExact(fallback.perSecond()), 0, 1_000_000_000),
        section.number(burst, Math.toIntExact(fallback.burst()), 1, MOST));
  }
}
