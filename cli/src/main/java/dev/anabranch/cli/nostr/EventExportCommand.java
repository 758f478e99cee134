package dev.anabranch.cli.nostr;

import dev.anabranch.cli.folder.StoreOptions;
import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Progress;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.client.nostr.relay.RelayRefusal;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.protocol.nostr.server.EventArchive;
import dev.anabranch.server.Stores;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Writes a relay's events out.
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the events of a relay to standard output, one JSON object a line as strfry imports"
          + " them, the newest first unless --oldest-first says otherwise: those of the relay that"
          + " runs, or with --data of a data folder whose server is stopped.",
      "Of a relay it writes what a client sees: what only its parties may see (kinds 4 and 1059)"
          + " and what a private chat, settings or training data hold comes with the --key-file of"
          + " somebody who may read it, and what is banned never. With --data it writes everything"
          + " but what has expired. Grants and tokens are no events: `anabranch export` writes the"
          + " whole log."
    },
    footer = {
      "",
      "Examples:",
      "  anabranch nostr export > events.jsonl",
      "  anabranch nostr export --author npub1… | gzip > mine.jsonl.gz",
      "  anabranch nostr export --data ./anabranch-data --kind 1 > notes.jsonl",
      "  anabranch nostr export --oldest-first | \\",
      "      anabranch nostr import --relay wss://other.example"
    })
final class EventExportCommand implements Callable<Integer> {

  @Mixin private RelayOptions relays = new RelayOptions();

  @Mixin private KeyOptions keys = new KeyOptions();

  @Mixin private FilterOptions filters = new FilterOptions();

  @Mixin private StoreOptions place = new StoreOptions();

  @Option(
      names = "--oldest-first",
      description = {
        "The oldest first, of the same events. They are read twice: which there are, and then in"
            + " their order."
      })
  private boolean oldestFirst;

  private final Surroundings surroundings;
  private final NostrCommand.Seams seams;

  EventExportCommand(Surroundings surroundings, NostrCommand.Seams seams) {
    this.surroundings = surroundings;
    this.seams = seams;
  }

  @Override
  public Integer call() {
    Filter filter = filters.filter();
    if (!place.isGiven()) {
      return from(relays.relay(surroundings), filter);
    }
    try (Store store = Stores.openExisting(place.configuration(surroundings));
        Progress progress = Progress.of("export", -1, surroundings.output())) {
      long nowSeconds = seams.clock().millis() / 1000;
      EventArchive.Order order =
          oldestFirst ? EventArchive.Order.OLDEST_FIRST : EventArchive.Order.NEWEST_FIRST;
      var unused =
          EventArchive.read(store, filter, order, nowSeconds, json -> write(json, progress));
      surroundings.output().flush();
      return 0;
    }
  }

  private void write(Bytes json, Progress progress) {
    Output output = surroundings.output();
    output.lineOfMany(new String(json.toArray(), StandardCharsets.UTF_8));
    progress.by(1);
    refuseIfBroken(output);
  }

  private int from(RelayUrl relay, Filter filter) {
    ConnectedRelay.Way way =
        ConnectedRelay.Way.with(
            keys.keys(surroundings), relays.certificates(surroundings), seams.clock());
    Output output = surroundings.output();
    try (ConnectedRelay source = ConnectedRelay.to(relay, way);
        Progress progress = Progress.of("export", -1, output)) {
      Consumer<List<VerifiedEvent>> told = events -> write(events, output, progress);
      if (oldestFirst) {
        int gone = OldestFirst.read(source.line(), filter, told);
        if (gone > 0) {
          output.remark(gone + " events that were there at first are not told any more");
        }
      } else {
        var unused = Inventory.of(source.line(), filter, told);
      }
      output.flush();
      return 0;
    } catch (RelayRefusal refusal) {
      throw new CommandFailure(CommandFailure.NO, String.valueOf(refusal.getMessage()), refusal);
    } catch (LinkFailure lost) {
      throw new CommandFailure(
          CommandFailure.UNREACHABLE, lost.getMessage() + "; the export is incomplete", lost);
    }
  }

  private static void write(List<VerifiedEvent> events, Output output, Progress progress) {
    events.forEach(event -> output.lineOfMany(event.event().json()));
    progress.by(events.size());
    refuseIfBroken(output);
  }

  private static void refuseIfBroken(Output output) {
    if (output.isBroken()) {
      throw new CommandFailure(
          CommandFailure.NO, output.failure().orElse("nobody reads the export any more"));
    }
  }
}
