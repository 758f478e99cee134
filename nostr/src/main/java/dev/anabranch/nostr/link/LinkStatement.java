package dev.anabranch.nostr.link;

import dev.anabranch.nostr.text.Digest;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What somebody says about two keys on one server.
///
/// Its text has six lines, so that a person can read what a signer is asked to sign:
///
/// ```
/// anabranch key statement 1
/// link
/// server relay.example
/// key ed25519:…
/// key nostr:…
/// at 1700000000
/// ```
///
/// @param action what is to become of the keys
/// @param server the host that it is meant for, lower case, with its port unless usual; no other
///   accepts it
/// @param first one key; of [Action#REVOKE], the one that is lost
/// @param second another key; of [Action#REVOKE], the one that says so
/// @param atSeconds when it was made, in seconds since 1970
public record LinkStatement(
    Action action, String server, LinkKey first, LinkKey second, long atSeconds) {

  private static final String HEADING = "anabranch key statement 1";

  /// What is to become of two keys.
  public enum Action {
    /// Both mean one person from now on; both sign.
    LINK("link"),
    /// They mean two again; one signs.
    UNLINK("unlink"),
    /// The first is lost and means nobody any more; the second signs.
    REVOKE("revoke");

    private final String word;

    Action(String word) {
      this.word = word;
    }

    private static Action of(String word) {
      return Arrays.stream(values())
          .filter(action -> action.word.equals(word))
          .findFirst()
          .orElseThrow(() -> new MalformedText("an action is link, unlink or revoke"));
    }
  }

  public LinkStatement {
    Objects.requireNonNull(action, "action");
    if (server.isEmpty() || server.chars().anyMatch(sign -> sign <= ' ')) {
      throw new IllegalArgumentException("not a host: " + server);
    }
    if (first.equals(second) || atSeconds < 0) {
      throw new IllegalArgumentException("two keys at a time since 1970 are expected");
    }
    if (action != Action.REVOKE && first.compareTo(second) > 0) {
      LinkKey greater = first;
      first = second;
      second = greater;
    }
  }

  /// The text that is signed.
  public String text() {
    return String.join(
        "\n",
        HEADING,
        action.word,
        "server " + server,
        "key " + first,
        "key " + second,
        "at " + atSeconds);
  }

  /// SHA-256 of the text: what a key signs.
  public byte[] digest() {
    return Digest.sha256(text().getBytes(StandardCharsets.UTF_8));
  }

  /// The keys that must sign; of [Action#UNLINK] either is enough.
  List<LinkKey> signers() {
    return action == Action.REVOKE ? List.of(second) : List.of(first, second);
  }

  /// The statement that a text is.
  public static Parsed<LinkStatement> parse(String text) {
    return Parsed.of(() -> {
      List<String> lines = List.of(text.split("\n", -1));
      if (lines.size() != 6 || !lines.getFirst().equals(HEADING)) {
        throw new MalformedText("a statement has six lines, the first: " + HEADING);
      }
      LinkStatement read = read(lines);
      if (!read.text().equals(text)) {
        throw new MalformedText("the keys of a statement stand in the order of their texts");
      }
      return read;
    });
  }

  private static LinkStatement read(List<String> lines) {
    LinkKey first = LinkKey.parse(behind("key ", lines.get(3)));
    LinkKey second = LinkKey.parse(behind("key ", lines.get(4)));
    String server = behind("server ", lines.get(2));
    String at = behind("at ", lines.get(5));
    if (first.equals(second) || server.isEmpty() || !at.matches("0|[1-9][0-9]{0,15}")) {
      throw new MalformedText("a statement has a server, two different keys and a time");
    }
    if (server.chars().anyMatch(sign -> sign <= ' ')) {
      throw new MalformedText("a server is a host without blanks");
    }
    return new LinkStatement(Action.of(lines.get(1)), server, first, second, Long.parseLong(at));
  }

  private static String behind(String word, String line) {
    return Optional.of(line)
        .filter(text -> text.startsWith(word))
        .map(text -> text.substring(word.length()))
        .orElseThrow(() -> new MalformedText("a line begins with '" + word + "'"));
  }
}
