package dev.anabranch.server;

import dev.anabranch.testkit.NaiveEvent;
import dev.anabranch.testkit.NaiveFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// A relay as its documents read: a list of events that is looked through from end to end. It reads
/// JSON and shares nothing with the relay that it judges.
final class NaiveRelay {

  private static final Comparator<NaiveEvent> NEWEST_FIRST =
      Comparator.comparing(NaiveEvent::createdAt).reversed().thenComparing(NaiveEvent::id);
  private static final List<String> PRIVATE = List.of("4", "1059");

  private final List<NaiveEvent> events = new ArrayList<>();
  private final List<NaiveEvent> taken = new ArrayList<>();
  private final Set<String> deleted = new HashSet<>();
  private final Map<String, Long> clearedTo = new HashMap<>();
  private final Map<String, Long> vanished = new HashMap<>();
  private final Map<String, Map<String, String>> roles = new HashMap<>();
  private final Set<String> banned = new HashSet<>();

  /// The events that are there.
  List<NaiveEvent> events() {
    return events;
  }

  /// Those that ever were.
  List<NaiveEvent> taken() {
    return taken;
  }

  /// Keys and ids that are neither taken nor shown.
  Set<String> banned() {
    return banned;
  }

  /// Whose rights in a chat are what (a reader's, a writer's), `anyone`'s too.
  Map<String, String> roles(String chat) {
    return roles.computeIfAbsent(chat, ignored -> new HashMap<>());
  }

  // What is taken.

  /// Takes an event, if it is to be taken; an ephemeral one is not kept.
  boolean takes(NaiveEvent event) {
    return !mayNot(event) && adds(event);
  }

  /// Likewise, whoever may write it.
  boolean adds(NaiveEvent event) {
    String address = address(event);
    boolean isSuperseded =
        !address.isEmpty()
            && events.stream()
                .anyMatch(known ->
                    address(known).equals(address) && NEWEST_FIRST.compare(known, event) < 0);
    boolean isCleared =
        !address.isEmpty() && event.createdAt() <= clearedTo.getOrDefault(address, -1L);
    if (isEphemeral(event)) {
      return true;
    }
    if (isSuperseded || isCleared || isGone(event) || isForgotten(event)) {
      return false;
    }
    events.removeIf(known -> !address.isEmpty() && address(known).equals(address));
    switch (event.kind()) {
      case "5" -> delete(event);
      case "62" -> {
        vanished.put(event.author(), event.createdAt());
        events.stream()
            .filter(known -> owners(known).anyMatch(event.author()::equals))
            .filter(known -> known.createdAt() <= event.createdAt())
            .forEach(known -> deleted.add(event.author() + known.id()));
        events.removeIf(known -> isGone(known) || isForgotten(known));
      }
      default -> {}
    }
    events.add(event);
    taken.add(event);
    events.sort(NEWEST_FIRST);
    return true;
  }

  private boolean mayNot(NaiveEvent event) {
    return isBanned(event)
        || chats(event).stream()
            .anyMatch(chat ->
                !roles(chat).getOrDefault(event.author(), "reader").matches("writer|owner"));
  }

  private boolean isBanned(NaiveEvent event) {
    return banned.contains(event.author()) || banned.contains(event.id());
  }

  private static boolean isEphemeral(NaiveEvent event) {
    int kind = Integer.parseInt(event.kind());
    return kind >= 20_000 && kind < 30_000;
  }

  /// Where an event stands of which the newest is kept; empty when it is none.
  private static String address(NaiveEvent event) {
    int kind = Integer.parseInt(event.kind());
    String name = event.kind() + ":" + event.author() + ":";
    if (kind == 0 || kind == 3 || (kind >= 10_000 && kind < 20_000)) {
      return name;
    }
    return kind >= 30_000 && kind < 40_000
        ? name + event.values("d").stream().findFirst().orElse("")
        : "";
  }

  private void delete(NaiveEvent deletion) {
    deletion.values("e").forEach(id -> deleted.add(deletion.author() + id));
    for (NaiveEvent known : List.copyOf(events)) {
      if (isGone(known)) { // what was deleted leaves nothing older in its place
        clearedTo.merge(address(known), known.createdAt(), Math::max);
        events.remove(known);
      }
    }
  }

  /// Whether its author, or whom a gift wrap is for, deleted it.
  private boolean isGone(NaiveEvent event) {
    return !event.kind().equals("5")
        && owners(event).anyMatch(owner -> deleted.contains(owner + event.id()));
  }

  /// What comes later to who vanished is another's: its date is none that counts (NIP-59).
  private boolean isForgotten(NaiveEvent event) {
    return !event.kind().equals("62")
        && event.createdAt() <= vanished.getOrDefault(event.author(), -1L);
  }

  private static Stream<String> owners(NaiveEvent event) {
    Stream<String> author = Stream.of(event.author());
    return event.kind().equals("1059") ? Stream.concat(author, event.values("p").stream()) : author;
  }

  // What is shown.

  /// Whether a request is answered with a demand for a key.
  static boolean asksForAKey(List<NaiveFilter> filters, Set<String> keys) {
    return keys.isEmpty() && filters.stream().anyMatch(filter -> filter.asksOnlyFor(PRIVATE));
  }

  /// Whether somebody with some keys may see an event.
  boolean shows(NaiveEvent event, Set<String> keys) {
    boolean isParty =
        switch (event.kind()) {
          case "4" -> keys.contains(event.author()) || meet(event.values("p"), keys);
          case "1059" -> meet(event.values("p"), keys);
          default -> true;
        };
    return isParty
        && !isBanned(event)
        && (keys.contains(event.author())
            || chats(event).stream()
                .map(this::roles)
                .allMatch(
                    readers -> readers.containsKey("anyone") || meet(readers.keySet(), keys)));
  }

  private static boolean meet(Collection<String> some, Set<String> others) {
    return !Collections.disjoint(some, others);
  }

  /// The chats that an event is of: those that it names, or the one that it shows or is.
  private List<String> chats(NaiveEvent event) {
    Stream<String> shown =
        event.values("scope").stream().map(scope -> scope.replaceFirst("^chat:", ""));
    Stream<String> named =
        switch (event.kind()) {
          case "30001" -> event.values("d").stream();
          case "5" -> Stream.of();
          default -> event.values("h").stream();
        };
    return Stream.concat(shown, named).filter(roles::containsKey).distinct().toList();
  }

  /// The ids that a request gets, in their order.
  List<String> answer(List<NaiveFilter> filters, Set<String> keys) {
    Set<NaiveEvent> wanted = new HashSet<>();
    for (NaiveFilter filter : filters) {
      asked(filter, keys).limit(filter.limit()).forEach(wanted::add);
    }
    return events.stream().filter(wanted::contains).map(NaiveEvent::id).toList();
  }

  /// How many events a filter means.
  long count(NaiveFilter filter, Set<String> keys) {
    return asked(filter, keys).count();
  }

  private Stream<NaiveEvent> asked(NaiveFilter filter, Set<String> keys) {
    return events.stream().filter(event -> filter.matches(event) && shows(event, keys));
  }

  /// What only one of two answers has, for whoever looks for the reason.
  String difference(List<String> some, List<String> others) {
    return taken.stream()
        .filter(event -> some.contains(event.id()) != others.contains(event.id()))
        .map(NaiveEvent::json)
        .toList()
        .toString();
  }

  @Override
  public String toString() {
    return events.size() + " events";
  }
}
