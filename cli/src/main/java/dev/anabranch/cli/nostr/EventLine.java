package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Output.Colour;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.event.Event;
import java.time.Instant;

/// An event on one line: its JSON, or for somebody who looks, its time, kind, author and content.
final class EventLine {

  private static final int CONTENT_CHARACTERS_MAX = 160;

  private EventLine() {}

  static String of(Event event, Output output, boolean isJson) {
    return isJson || !output.isTerminal() ? event.json() : forPeople(event, output);
  }

  private static String forPeople(Event event, Output output) {
    String npub = new Entity.Npub(event.author()).text();
    String content = event.content().replaceAll("\\p{Cntrl}+", " ").strip();
    return output.in(Colour.FAINT, Instant.ofEpochSecond(event.createdAtSeconds()).toString())
        + " "
        + output.in(Colour.YELLOW, "kind " + event.kind())
        + " "
        + output.in(Colour.CYAN, npub.substring(0, 14))
        + " "
        + (content.length() > CONTENT_CHARACTERS_MAX
            ? content.substring(0, CONTENT_CHARACTERS_MAX) + "…"
            : content);
  }
}
