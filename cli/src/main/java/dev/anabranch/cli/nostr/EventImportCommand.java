package dev.anabranch.cli.nostr;

import dev.anabranch.cli.folder.StoreOptions;
import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Progress;
import dev.anabranch.cli.terminal.Summary;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.client.nostr.relay.EventTransfer;
import dev.anabranch.client.nostr.relay.RelayAnswer;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.text.Parsed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Publishes the events of a file.
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Sends events, one JSON object a line as strfry exports them, to a relay: the one that runs,"
          + " or with --data the one of a data folder whose server is stopped. Every event is"
          + " verified; lines that are none are named and counted, the others go in. Importing"
          + " again is harmless."
    },
    footer = {
      "",
      "Exit status: 0 every line is in · 1 some are not · 3 the relay cannot be had.",
      "",
      "Examples:",
      "  anabranch nostr import events.jsonl",
      "  zcat events.jsonl.gz | anabranch nostr import --relay wss://relay.example",
      "  anabranch nostr import --data ./anabranch-data events.jsonl --json"
    })
final class EventImportCommand implements Callable<Integer> {

  /// Lines and refusals that are named; the others are counted only.
  private static final int NAMED_MAX = 20;

  private static final long BAR_BYTES = 1_024;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The events. Default: standard input.")
  private @Nullable Path file;

  @Mixin private RelayOptions relays = new RelayOptions();

  @Mixin private KeyOptions keys = new KeyOptions();

  @Mixin private StoreOptions place = new StoreOptions();

  @Mixin private Summary summary = new Summary();

  private final Surroundings surroundings;
  private final NostrCommand.Seams seams;
  private final Tally tally = new Tally();
  private final AtomicInteger named = new AtomicInteger();
  private long lines;
  private long bad;

  EventImportCommand(Surroundings surroundings, NostrCommand.Seams seams) {
    this.surroundings = surroundings;
    this.seams = seams;
  }

  @Override
  public Integer call() {
    if (!place.isGiven()) {
      return into(relays.relay(surroundings), Optional.empty());
    }
    try (StoppedServer server = StoppedServer.on(place, surroundings)) {
      return into(server.relay(), server.calledAs());
    }
  }

  private int into(RelayUrl relay, Optional<RelayUrl> calledAs) {
    ConnectedRelay.Way way =
        new ConnectedRelay.Way(
            keys.keys(surroundings), relays.certificates(surroundings), seams.clock(), calledAs);
    try (InputStream in = file == null ? surroundings.input() : Files.newInputStream(file);
        ConnectedRelay to = ConnectedRelay.to(relay, way)) {
      read(in, new EventTransfer(to.line(), seams.random(), this::answered));
    } catch (IOException unreadable) {
      throw new CommandFailure(
          CommandFailure.MISUSED,
          (file == null ? "standard input" : file) + " cannot be read",
          unreadable);
    } catch (LinkFailure lost) {
      throw new CommandFailure(
          CommandFailure.UNREACHABLE,
          lost.getMessage() + " at line " + lines + "; importing again is harmless",
          lost);
    }
    summary.tell(
        surroundings.output(),
        lines + " lines: " + tally.words() + (bad == 0 ? "" : ", " + bad + " bad"),
        JsonObject.EMPTY.with("lines", lines).with("bad", bad).with("events", tally.figures()));
    return bad == 0 && tally.refused() == 0 ? 0 : CommandFailure.NO;
  }

  private void read(InputStream in, EventTransfer transfer) throws IOException {
    long bytes = file == null ? surroundings.inputBytes() : Files.size(file);
    long total = bytes < 0 ? -1 : bytes / BAR_BYTES;
    Lines each = new Lines(in);
    try (Progress progress = Progress.of("import (KiB)", total, surroundings.output())) {
      long shown = 0;
      for (Optional<byte[]> line = each.next(); line.isPresent(); line = each.next()) {
        lines = each.number();
        send(line.get(), each, transfer);
        long read = each.position() / BAR_BYTES;
        if (read > shown) {
          progress.by(read - shown);
          shown = read;
        }
      }
      transfer.finish();
    }
  }

  private void send(byte[] line, Lines each, EventTransfer transfer) {
    if (each.isTooLong()) {
      bad(each.number(), "longer than " + Lines.BYTES_MAX + " bytes");
    } else if (!new String(line, StandardCharsets.UTF_8).isBlank()) {
      switch (Event.parse(line, EventLimits.NONE)) {
        case Parsed.Malformed<Event>(String detail) -> bad(each.number(), detail);
        case Parsed.Value<Event>(Event event) -> {
          switch (Verification.of(event)) {
            case Verification.Verified good -> transfer.send(event);
            case Verification.WrongId wrong ->
                bad(each.number(), "the id is not the hash of what it says");
            case Verification.WrongSignature wrong ->
                bad(each.number(), "the signature is not the author's");
          }
        }
      }
    }
  }

  private void bad(long number, String why) {
    bad++;
    name("line " + number + ": " + why);
  }

  private void answered(Event event, RelayAnswer answer) {
    tally.accept(event, answer);
    if (!answer.isAccepted()) {
      name("event " + event.id() + ": " + answer.reason());
    }
  }

  private void name(String what) {
    int before = named.getAndIncrement();
    if (before < NAMED_MAX) {
      surroundings.output().remark("anabranch: " + what);
    } else if (before == NAMED_MAX) {
      surroundings.output().remark("anabranch: and more, which are only counted");
    }
  }
}
