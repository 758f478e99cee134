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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keys that other places give a name to (NIP-05): `{"names":{"ann":"<64 digits>"}}`.
///
/// A directory that does not answer, or answers something else, keeps the names of before; one that
/// redirects does not answer, as NIP-05 demands. Blocks; run it on a thread that may.
public final class NameDirectories {

  /// The longest directory, in bytes.
  public static final int BYTES_MAX = 8 * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(NameDirectories.class);
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(20);
  private static final JsonDecoder DECODER = new JsonDecoder(new JsonLimits(BYTES_MAX, 8, 400_000));

  private final HttpCaller caller;
  private final List<URI> directories;
  private final Consumer<Set<PublicKey>> told;
  private final Map<URI, Set<PublicKey>> known = new LinkedHashMap<>();

  /// Directories that nobody has asked yet.
  ///
  /// @param told hears of all keys, whenever they were read
  public NameDirectories(HttpCaller caller, List<URI> directories, Consumer<Set<PublicKey>> told) {
    this.caller = caller;
    this.directories = List.copyOf(directories);
    this.told = told;
  }

  /// Asks every directory once.
  public void read() {
    for (URI directory : directories) {
      try {
        known.put(directory, keys(caller.call(call(directory)).toCompletableFuture().join()));
      } catch (CompletionException | Unreadable failure) {
        LOG.warn("the names of {} stay as they were: {}", directory, failure.getMessage());
      }
    }
    Set<PublicKey> all = new HashSet<>();
    known.values().forEach(all::addAll);
    told.accept(all);
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
