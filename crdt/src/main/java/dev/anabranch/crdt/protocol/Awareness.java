package dev.anabranch.crdt.protocol;

import dev.anabranch.crdt.encoding.Any;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who is there and what they say about themselves; forgotten when they fall silent.
///
/// One thread at a time. Nothing runs by itself: whoever holds it calls [#renew] and [#expire] now
/// and then. Source: y-protocols, awareness.
public final class Awareness {
  /// How long a client may be silent.
  public static final long SILENCE_MILLIS_MAX = 30_000;

  /// When an unchanged state of one's own is said again.
  public static final long RENEWAL_MILLIS = SILENCE_MILLIS_MAX / 2;

  /// Nobody listens to a stranger's word with clock 0: Yjs says nothing with it.
  private static final long FIRST_CLOCK = 1;

  private final InstantSource clock;
  private final long ownClient;
  private final int clientsMax;
  private final Map<Long, Heard> heard = new LinkedHashMap<>();
  private long refused;

  /// @param clientsMax how many clients are remembered; words of further ones are refused and
  ///   counted
  public Awareness(InstantSource clock, long ownClient, int clientsMax) {
    this.clock = clock;
    this.ownClient = ownClient;
    this.clientsMax = clientsMax;
  }

  /// A client's last word; the clock of one that has gone is remembered.
  private record Heard(long clock, Any state, long atMillis) {
    boolean isGone() {
      return state instanceof Any.Null;
    }
  }

  /// What an update changed, by client id.
  ///
  /// @param updated those whose clock grew, also if they said the same again
  public record Change(List<Long> added, List<Long> updated, List<Long> removed) {
    public Change {
      added = List.copyOf(added);
      updated = List.copyOf(updated);
      removed = List.copyOf(removed);
    }

    public boolean isNothing() {
      return added.isEmpty() && updated.isEmpty() && removed.isEmpty();
    }
  }

  /// The states of those who are there.
  public Map<Long, Any> states() {
    Map<Long, Any> states = new LinkedHashMap<>();
    heard.forEach((client, word) -> {
      if (!word.isGone()) {
        states.put(client, word.state);
      }
    });
    return states;
  }

  /// How many words were refused because too many clients were known.
  public long refused() {
    return refused;
  }

  /// Says something about oneself, or with null that one goes; answers what to send.
  public AwarenessUpdate say(Any state) {
    Heard before = heard.get(ownClient);
    long next = before == null ? FIRST_CLOCK : before.clock + 1;
    heard.put(ownClient, new Heard(next, state, clock.millis()));
    return encode(List.of(ownClient));
  }

  /// The last words of some clients.
  public AwarenessUpdate encode(Collection<Long> clients) {
    List<AwarenessUpdate.Entry> entries = new ArrayList<>(clients.size());
    for (long client : clients) {
      Heard word = heard.get(client);
      if (word != null) {
        entries.add(new AwarenessUpdate.Entry(client, word.clock, word.state));
      }
    }
    return new AwarenessUpdate(entries);
  }

  /// Takes in what others say; nobody else can say that this client has gone.
  public Change apply(AwarenessUpdate update) {
    List<Long> added = new ArrayList<>();
    List<Long> updated = new ArrayList<>();
    List<Long> removed = new ArrayList<>();
    for (AwarenessUpdate.Entry entry : update.entries()) {
      Heard before = heard.get(entry.client());
      if (isNews(entry, before)) {
        if (hear(entry, before).isGone()) {
          if (before != null) {
            removed.add(entry.client());
          }
        } else if (before == null) {
          added.add(entry.client());
        } else {
          updated.add(entry.client());
        }
      }
    }
    return new Change(added, updated, removed);
  }

  /// Says one's own state again if it was not said for a while.
  public Optional<AwarenessUpdate> renew() {
    Heard own = heard.get(ownClient);
    return own != null && !own.isGone() && clock.millis() - own.atMillis >= RENEWAL_MILLIS
        ? Optional.of(say(own.state))
        : Optional.empty();
  }

  /// Removes others who have been silent too long.
  public Change expire() {
    long now = clock.millis();
    List<Long> silent = new ArrayList<>();
    heard.forEach((client, word) -> {
      if (client != ownClient && !word.isGone() && now - word.atMillis >= SILENCE_MILLIS_MAX) {
        silent.add(client);
      }
    });
    return remove(silent);
  }

  /// Removes clients whose connection ended.
  public Change remove(Collection<Long> clients) {
    List<Long> removed = new ArrayList<>();
    for (long client : clients) {
      Heard word = heard.get(client);
      if (word != null && !word.isGone()) {
        long next = client == ownClient ? word.clock + 1 : word.clock;
        heard.put(client, new Heard(next, Any.NULL, clock.millis()));
        removed.add(client);
      }
    }
    return new Change(List.of(), List.of(), removed);
  }

  private boolean isNews(AwarenessUpdate.Entry entry, @Nullable Heard before) {
    if (before == null) {
      return entry.clock() >= FIRST_CLOCK && hasRoom();
    }
    return entry.clock() > before.clock
        || (entry.clock() == before.clock && entry.isGone() && !before.isGone());
  }

  /// Makes room by forgetting somebody who has gone.
  private boolean hasRoom() {
    if (heard.size() >= clientsMax) {
      heard.entrySet().stream()
          .filter(entry -> entry.getKey() != ownClient && entry.getValue().isGone())
          .findFirst()
          .map(Map.Entry::getKey)
          .ifPresent(heard::remove);
    }
    boolean hasRoom = heard.size() < clientsMax;
    refused += hasRoom ? 0 : 1;
    return hasRoom;
  }

  private Heard hear(AwarenessUpdate.Entry entry, @Nullable Heard before) {
    boolean isOwnEnd = entry.isGone() && entry.client() == ownClient;
    Heard word =
        isOwnEnd && before != null && !before.isGone()
            ? new Heard(entry.clock() + 1, before.state, clock.millis())
            : new Heard(entry.clock(), entry.state(), clock.millis());
    heard.put(entry.client(), word);
    return word;
  }
}
