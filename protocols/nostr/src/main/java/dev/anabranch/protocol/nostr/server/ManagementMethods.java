package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.protocol.nostr.server.Standing.Word;
import dev.anabranch.protocol.nostr.server.Subject.Sort;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The methods of the management API, by their names (NIP-86).
public final class ManagementMethods {

  /// Those that are here, in the order in which NIP-86 lists them; the last three are ours.
  static final List<String> NAMES =
      List.of(
          "supportedmethods",
          "banpubkey",
          "unbanpubkey",
          "listbannedpubkeys",
          "allowpubkey",
          "unallowpubkey",
          "listallowedpubkeys",
          "listeventsneedingmoderation",
          "allowevent",
          "unallowevent",
          "banevent",
          "unbanevent",
          "listbannedevents",
          "listallowedevents",
          "changerelayname",
          "changerelaydescription",
          "changerelayicon",
          "allowkind",
          "disallowkind",
          "listallowedkinds",
          "listdisallowedkinds",
          "blockip",
          "unblockip",
          "listblockedips",
          "listpolicy",
          "changepolicy",
          "resetpolicy");

  private static final int NAME_CHARS_MAX = 29;
  private static final int SETTING_CHARS_MAX = 64;
  private static final int KIND_MAX = 65_535;

  private final ModerationBook book;
  private final Finder finder;
  private final ReportedEvents reported;

  /// The methods over a book.
  ///
  /// @param finder where reports and what they are about are found
  public ManagementMethods(ModerationBook book, Finder finder) {
    this.book = book;
    this.finder = finder;
    this.reported = new ReportedEvents(finder, book);
  }

  /// Why a call cannot be answered.
  static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String detail;

    Wrong(String detail) {
      super(detail, null, false, false);
      this.detail = detail;
    }

    String detail() {
      return detail;
    }
  }

  /// Uses a proof up for good.
  ///
  /// @param untilSeconds the last second in which it counts
  /// @return why it is not; `SUPERSEDED` when it was used before
  CompletionStage<Optional<Fault>> useUp(EventId proof, long untilSeconds, long nowSeconds) {
    return book.useUp(Subject.ofProof(proof, untilSeconds), nowSeconds);
  }

  /// Calls a method.
  ///
  /// @throws Wrong at once or as the stage's failure, with a sentence for the one who asked
  CompletionStage<Json> call(String method, List<Json> params) {
    return switch (method) {
      case "supportedmethods" -> given(texts(NAMES));
      case "banpubkey" -> decide(key(params), Word.BANNED, params);
      case "allowpubkey" -> decide(key(params), Word.ALLOWED, params);
      case "unbanpubkey" -> undo(key(params), Word.BANNED, params);
      case "unallowpubkey" -> undo(key(params), Word.ALLOWED, params);
      case "listbannedpubkeys" ->
          given(listed("pubkey", Sort.PUBKEY, Word.BANNED, hexes(book.access().banned())));
      case "listallowedpubkeys" ->
          given(listed("pubkey", Sort.PUBKEY, Word.ALLOWED, hexes(book.access().members())));
      case "listeventsneedingmoderation" -> reported.list().thenApply(all -> all);
      case "banevent" -> banEvent(event(params), reason(params));
      case "allowevent" -> decide(event(params), Word.ALLOWED, params);
      case "unbanevent" -> undo(event(params), Word.BANNED, params);
      case "unallowevent" -> undo(event(params), Word.ALLOWED, params);
      case "listbannedevents" ->
          given(listed("id", Sort.EVENT, Word.BANNED, book.access().bannedEvents()));
      case "listallowedevents" ->
          given(
              listed(
                  "id",
                  Sort.EVENT,
                  Word.ALLOWED,
                  book.moderation().given(Sort.EVENT, Word.ALLOWED).keySet()));
      case "changerelayname" -> change("name", text(params, NAME_CHARS_MAX));
      case "changerelaydescription" ->
          change("description", text(params, ModerationBook.REASON_CHARS_MAX));
      case "changerelayicon" -> change("icon", icon(params));
      case "allowkind" -> decide(kind(params), Word.ALLOWED, List.of());
      case "disallowkind" -> decide(kind(params), Word.BANNED, List.of());
      case "listallowedkinds" -> given(numbers(allowedKinds()));
      case "listdisallowedkinds" -> given(numbers(book.access().bannedKinds()));
      case "blockip" -> decide(address(params), Word.BANNED, params);
      case "unblockip" -> undo(address(params), Word.BANNED, params);
      case "listblockedips" -> given(listed("ip", Sort.IP, Word.BANNED, blocked()));
      case "listpolicy" -> given(policy());
      case "changepolicy" -> changePolicy(setting(params), value(params), reasonAfter(params, 2));
      case "resetpolicy" -> book.reset(setting(params)).thenApply(ManagementMethods::done);
      default ->
          throw new Wrong("no method " + method + "; supportedmethods lists those there are");
    };
  }

  // Changing.

  private CompletionStage<Json> decide(Subject subject, Word word, List<Json> params) {
    return decided(subject, new Standing(word, reason(params)));
  }

  /// Bans an event; one of the bridge with all that show the same entity after it.
  private CompletionStage<Json> banEvent(Subject event, String reason) {
    Optional<Standing> before = book.moderation().of(event);
    return StoredEvents.whole(
            finder,
            List.of(Filter.ANY.withIds(Set.of(new EventId(event.name())))),
            ignored -> true,
            Sieve.OPEN,
            1)
        .gather()
        .thenCompose(found -> {
          Optional<String> shownBy =
              found.stream()
                  .flatMap(it -> Places.shownBy(it).stream())
                  .findFirst()
                  .or(() -> before.map(Standing::shownBy));
          return decided(event, new Standing(Word.BANNED, reason, shownBy.orElse(null)));
        });
  }

  /// Takes a word back; one that was not given stays as it is.
  private CompletionStage<Json> undo(Subject subject, Word word, List<Json> params) {
    Word other = word == Word.BANNED ? Word.ALLOWED : Word.BANNED;
    boolean isOther =
        book.moderation().of(subject).filter(standing -> standing.word() == other).isPresent();
    return isOther ? given(JsonBoolean.TRUE) : decide(subject, Word.NEITHER, params);
  }

  private CompletionStage<Json> change(String name, String text) {
    return decided(Subject.ofText(name), new Standing(Word.NEITHER, text));
  }

  private CompletionStage<Json> decided(Subject subject, Standing standing) {
    return book.decide(subject, standing).thenApply(ManagementMethods::done);
  }

  private static Json done(Optional<Fault> fault) {
    if (fault.isPresent()) {
      throw new Wrong(sentence(fault.get()));
    }
    return JsonBoolean.TRUE;
  }

  private CompletionStage<Json> changePolicy(String name, Json value, String reason) {
    return book.change(name, value, reason).thenApply(ManagementMethods::done);
  }

  private static String sentence(Fault fault) {
    return fault.code() == FaultCode.UNAVAILABLE
        ? "the relay cannot write now; ask again in a moment"
        : fault.detail();
  }

  // Listing.

  private Json listed(String field, Sort sort, Word word, Set<String> names) {
    var reasons = book.moderation().given(sort, word);
    List<Json> all = new ArrayList<>();
    for (String name : new TreeSet<>(names)) {
      JsonObject one = JsonObject.EMPTY.with(field, name);
      String reason = reasons.getOrDefault(name, "");
      all.add(reason.isEmpty() ? one : one.with("reason", reason));
    }
    return new JsonArray(all);
  }

  /// Every setting that can be changed: what holds, and who said so.
  private Json policy() {
    PolicyChanges changes = book.changes();
    var values = book.settings().values(changes.counting());
    List<Json> all = new ArrayList<>();
    for (PolicySettings.Setting setting : book.settings().all()) {
      String name = setting.name();
      JsonObject one =
          JsonObject.EMPTY
              .with("name", name)
              .with("value", Objects.requireNonNull(values.get(name), name))
              .with("unit", setting.unit())
              .with("set_by", setBy(name, changes));
      String reason =
          book.moderation().of(Subject.ofSetting(name)).map(Standing::reason).orElse("");
      one = reason.isEmpty() ? one : one.with("reason", reason);
      String leftOut = changes.leftOut().get(name);
      all.add(leftOut == null ? one : one.with("left_out", leftOut));
    }
    return new JsonArray(all);
  }

  private String setBy(String name, PolicyChanges changes) {
    if (changes.counting().containsKey(name)) {
      return "administrator";
    }
    return book.settings().isConfigured(name) ? "configuration" : "default";
  }

  private Set<Integer> allowedKinds() {
    Set<Integer> kinds = new TreeSet<>(book.access().kinds());
    kinds.removeAll(book.access().bannedKinds());
    return kinds;
  }

  private Set<String> blocked() {
    Set<String> all = new TreeSet<>();
    book.access().blocked().ranges().forEach(range -> all.add(range.text()));
    return all;
  }

  private static Set<String> hexes(Set<PublicKey> keys) {
    Set<String> all = new TreeSet<>();
    keys.forEach(key -> all.add(key.hex()));
    return all;
  }

  private static Json texts(List<String> texts) {
    return new JsonArray(texts.stream().<Json>map(JsonString::new).toList());
  }

  private static Json numbers(Set<Integer> numbers) {
    return new JsonArray(
        new TreeSet<>(numbers).stream().<Json>map(number -> JsonNumber.of(number)).toList());
  }

  private static CompletionStage<Json> given(Json json) {
    return CompletableFuture.completedFuture(json);
  }

  // Parameters.

  private static String text(List<Json> params, int charactersMax) {
    if (params.isEmpty() || !(params.getFirst() instanceof JsonString(String text))) {
      throw new Wrong("the first parameter must be a text");
    }
    if (text.length() > charactersMax) {
      throw new Wrong("the text has " + text.length() + " characters; at most " + charactersMax);
    }
    return text;
  }

  private static String icon(List<Json> params) {
    String url = text(params, ModerationBook.REASON_CHARS_MAX);
    if (!url.isEmpty() && !url.matches("https?://[^\\s]+")) {
      throw new Wrong("the icon must be the http:// or https:// address of a picture, or empty");
    }
    return url;
  }

  private String setting(List<Json> params) {
    String name = text(params, SETTING_CHARS_MAX);
    return book.settings()
        .named(name)
        .map(PolicySettings.Setting::name)
        .orElseThrow(() ->
            new Wrong("no setting " + name + " can be changed; listpolicy lists those that can"));
  }

  private static Json value(List<Json> params) {
    if (params.size() < 2 || params.get(1) instanceof JsonNull) {
      throw new Wrong("the second parameter must be the value; resetpolicy takes a change back");
    }
    return params.get(1);
  }

  private static String reason(List<Json> params) {
    return reasonAfter(params, 1);
  }

  /// The reason that may stand behind the other parameters.
  private static String reasonAfter(List<Json> params, int place) {
    if (params.size() <= place || !(params.get(place) instanceof JsonString(String reason))) {
      return "";
    }
    if (reason.length() > ModerationBook.REASON_CHARS_MAX) {
      throw new Wrong("a reason has at most " + ModerationBook.REASON_CHARS_MAX + " characters");
    }
    return reason;
  }

  private static Subject key(List<Json> params) {
    String hex = text(params, 64);
    if (!Hex.isLower(hex, 64)) {
      throw new Wrong("the first parameter must be a key of 64 lower-case hexadecimal digits");
    }
    return Subject.of(new PublicKey(hex));
  }

  private static Subject event(List<Json> params) {
    String hex = text(params, 64);
    if (!Hex.isLower(hex, 64)) {
      throw new Wrong("the first parameter must be an id of 64 lower-case hexadecimal digits");
    }
    return Subject.of(new EventId(hex));
  }

  private static Subject kind(List<Json> params) {
    if (params.isEmpty()
        || !(params.getFirst() instanceof JsonNumber number)
        || !number.isLong()
        || number.longValue() < 0
        || number.longValue() > KIND_MAX) {
      throw new Wrong("the first parameter must be a kind, a number from 0 to " + KIND_MAX);
    }
    return Subject.ofKind(Math.toIntExact(number.longValue()));
  }

  private static Subject address(List<Json> params) {
    return AddressRange.parse(text(params, 64))
        .map(Subject::of)
        .orElseThrow(() ->
            new Wrong(
                "the first parameter must be an address such as 203.0.113.7 or 2001:db8::/32"));
  }
}
