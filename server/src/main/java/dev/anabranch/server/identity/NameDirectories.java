package dev.anabranch.server.identity;

import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpCall;
import dev.anabranch.link.HttpCaller;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keys that other places give a name to (NIP-05): `{"names":{"ann":"<64 digits>"}}`.
///
/// A directory that does not answer, or answers something else, keeps the names of before and is
/// asked again after a wait that doubles; one that redirects does not answer, as NIP-05 demands.
/// Blocks; run it on a thread that may.
public final class NameDirectories {

  /// The longest directory, in bytes.
  public static final int BYTES_MAX = 8 * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(NameDirectories.class);
  private static final long FIRST_WAIT_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(20);
  private static final JsonDecoder DECODER = new JsonDecoder(new JsonLimits(BYTES_MAX, 8, 400_000));

  private final HttpCaller caller;
  private final List<URI> directories;
  private final long everyNanos;
  private final LongSupplier nanos;
  private final Listener listener;
  private final Map<URI, Set<PublicKey>> known = new LinkedHashMap<>();
  private final Map<URI, Due> due = new HashMap<>();

  /// Hears what the directories name.
  @FunctionalInterface
  public interface Listener {

    /// They were asked.
    ///
    /// @param keys all keys that are known to be named
    /// @param all whether every directory was read since the start
    void named(Set<PublicKey> keys, boolean all);
  }

  /// When a directory is asked again, and how long to wait when it fails then.
  private record Due(long atNanos, long waitNanos) {}

  /// Directories that nobody has asked yet.
  ///
  /// @param every how often each is asked
  /// @param nanos a monotonic clock
  public NameDirectories(
      HttpCaller caller,
      List<URI> directories,
      Duration every,
      LongSupplier nanos,
      Listener listener) {
    this.caller = caller;
    this.directories = List.copyOf(directories);
    this.everyNanos = every.toNanos();
    this.nanos = nanos;
    this.listener = listener;
  }

  /// Asks every directory whose time has come; to be called about once a second.
  public void read() {
    boolean asked = false;
    for (URI directory : directories) {
      Due next = due.get(directory);
      if (next == null || nanos.getAsLong() - next.atNanos() >= 0) {
        due.put(directory, ask(directory, next == null ? FIRST_WAIT_NANOS : next.waitNanos()));
        asked = true;
      }
    }
    if (asked) {
      Set<PublicKey> all = new HashSet<>();
      known.values().forEach(all::addAll);
      listener.named(all, known.keySet().containsAll(directories));
    }
  }

  private Due ask(URI directory, long waitNanos) {
    try {
      known.put(directory, keys(caller.call(call(directory)).toCompletableFuture().join()));
      return new Due(nanos.getAsLong() + everyNanos, FIRST_WAIT_NANOS);
    } catch (CompletionException | Unreadable failure) {
      long wait = Math.min(waitNanos, everyNanos);
      LOG.warn(
          "the names of {} stay as they were, and are asked for again in {} s: {}",
          directory,
          Duration.ofNanos(wait).toSeconds(),
          failure.getMessage());
      return new Due(nanos.getAsLong() + wait, Math.min(2 * wait, everyNanos));
    }
  }

  private static HttpCall call(URI directory) {
    return new HttpCall(
        "GET", directory, Headers.of("Accept", "application/json"), new byte[0], ANSWERS_WITHIN);
  }

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable(String detail) {
      super(detail, null, false, false);
    }
  }

  private static Set<PublicKey> keys(HttpAnswer answer) {
    if (answer.status() != 200) {
      throw new Unreadable("it answers " + answer.status());
    }
    if (!(DECODER.decode(answer.body()) instanceof Decoded.Value(JsonObject document))
        || !(document.get("names") instanceof JsonObject names)) {
      throw new Unreadable("it is not {\"names\": {…}}");
    }
    Set<PublicKey> keys = new HashSet<>();
    for (Json key : names.fields().values()) {
      if (key instanceof JsonString(String hex) && Hex.isLower(hex, 64)) {
        keys.add(new PublicKey(hex));
      }
    }
    return keys;
  }
}
