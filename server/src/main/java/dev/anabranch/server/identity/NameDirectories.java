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
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keys that other places give a name to (NIP-05): `{"names":{"ann":"<64 digits>"}}`.
///
/// A directory that does not answer within seconds, or answers something else, keeps the names of
/// before – those of the last run, too, which a [NameMemory] has – and is asked again after a wait
/// that doubles; one that redirects does not answer, as NIP-05 demands. All that are due are asked
/// at once, so that none waits for another. Blocks; run it on a thread that may.
public final class NameDirectories {

  /// The longest directory, in bytes.
  public static final int BYTES_MAX = 8 * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(NameDirectories.class);
  private static final long FIRST_WAIT_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);
  private static final JsonDecoder DECODER = new JsonDecoder(new JsonLimits(BYTES_MAX, 8, 400_000));

  private final HttpCaller caller;
  private final NameMemory memory;
  private final Supplier<List<URI>> directories;
  private final long everyNanos;
  private final LongSupplier nanos;
  private final Listener listener;
  private final Map<URI, Set<PublicKey>> known = new LinkedHashMap<>();
  private final Map<URI, Due> due = new HashMap<>();
  private List<URI> before = List.of();

  /// Hears what the directories name.
  @FunctionalInterface
  public interface Listener {

    /// They were asked.
    ///
    /// @param keys all keys that are known to be named
    /// @param all whether nothing more is to be waited for: each has answered since the start, or
    ///   what it said before that is known, or it has had its time
    void named(Set<PublicKey> keys, boolean all);
  }

  /// When a directory is asked again, and how long to wait when it fails then.
  private record Due(long atNanos, long waitNanos) {}

  /// Directories that nobody has asked yet.
  ///
  /// @param memory what they said before
  /// @param directories those that are asked, as they are now
  /// @param every how often each is asked
  /// @param nanos a monotonic clock
  public NameDirectories(
      HttpCaller caller,
      NameMemory memory,
      Supplier<List<URI>> directories,
      Duration every,
      LongSupplier nanos,
      Listener listener) {
    this.caller = caller;
    this.memory = memory;
    this.directories = directories;
    this.everyNanos = every.toNanos();
    this.nanos = nanos;
    this.listener = listener;
  }

  /// Asks every directory whose time has come, and forgets those that are asked no longer; to be
  /// called about once a second.
  public void read() {
    List<URI> now = directories.get();
    boolean isAnother = !now.equals(before);
    before = now;
    known.keySet().retainAll(now);
    due.keySet().retainAll(now);
    List<URI> asked = now.stream().filter(this::isDue).toList();
    Map<URI, CompletableFuture<HttpAnswer>> answers = new LinkedHashMap<>();
    asked.forEach(each -> answers.put(each, caller.call(call(each)).toCompletableFuture()));
    long untilNanos = nanos.getAsLong() + ANSWERS_WITHIN.toNanos();
    answers.forEach((directory, answer) -> {
      Due last = due.get(directory);
      long wait = last == null ? FIRST_WAIT_NANOS : last.waitNanos();
      due.put(directory, taken(directory, answer, untilNanos, wait));
    });
    if (isAnother || !asked.isEmpty()) {
      Set<PublicKey> all = new HashSet<>();
      known.values().forEach(all::addAll);
      listener.named(all, due.keySet().containsAll(now));
    }
  }

  private boolean isDue(URI directory) {
    Due next = due.get(directory);
    return next == null || nanos.getAsLong() - next.atNanos() >= 0;
  }

  private Due taken(
      URI directory, CompletableFuture<HttpAnswer> answer, long untilNanos, long waitNanos) {
    try {
      byte[] body = body(answer, untilNanos);
      Set<PublicKey> keys = keys(body);
      if (!keys.equals(known.put(directory, keys))) {
        keep(directory, body);
      }
      return new Due(nanos.getAsLong() + everyNanos, FIRST_WAIT_NANOS);
    } catch (Unreadable failure) {
      known.computeIfAbsent(directory, this::remembered);
      long wait = Math.min(waitNanos, everyNanos);
      LOG.warn(
          "the names of {} stay as they were, and are asked for again in {} s: {}",
          directory,
          Duration.ofNanos(wait).toSeconds(),
          failure.getMessage());
      return new Due(nanos.getAsLong() + wait, Math.min(2 * wait, everyNanos));
    }
  }

  /// A directory that sends the head of its answer and never the rest has not answered either.
  private byte[] body(CompletableFuture<HttpAnswer> answer, long untilNanos) {
    try {
      long left = Math.max(0, untilNanos - nanos.getAsLong());
      HttpAnswer given = answer.get(left, TimeUnit.NANOSECONDS);
      if (given.status() != 200) {
        throw new Unreadable("it answers " + given.status());
      }
      return given.body();
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause();
      throw new Unreadable(String.valueOf(cause == null ? null : cause.getMessage()));
    } catch (TimeoutException silent) {
      answer.cancel(true);
      throw new Unreadable("it does not answer");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Unreadable("the server is closing");
    }
  }

  private void keep(URI directory, byte[] body) {
    try {
      memory.keep(directory, body);
    } catch (UncheckedIOException failure) {
      LOG.warn("the names of {} are not remembered over a restart", directory, failure);
    }
  }

  /// What a directory said last, in a run before this one; nobody when that is not known.
  private Set<PublicKey> remembered(URI directory) {
    try {
      return memory.of(directory).map(NameDirectories::keys).orElse(Set.of());
    } catch (UncheckedIOException | Unreadable failure) {
      LOG.warn("what {} said before cannot be read", directory, failure);
      return Set.of();
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

  private static Set<PublicKey> keys(byte[] body) {
    if (!(DECODER.decode(body) instanceof Decoded.Value(JsonObject document))
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
