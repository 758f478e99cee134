package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Summary;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.client.nostr.relay.RelayRefusal;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.filter.Filter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Makes two relays the same, once.
@Command(
    name = "sync",
    mixinStandardHelpOptions = true,
    description = {
      "Exchanges with another relay the events that only one of the two has, found by"
          + " reconciliation (NIP-77), or by reading both where the other does not reconcile. Doing"
          + " it again is harmless, and how it goes on after a break.",
      "down: from the other to ours; up: from ours to the other; both (the default).",
      "Both relays tell what they tell any client: what only its parties may see, and what a"
          + " private chat, settings or training data hold, goes along with the --key-file of"
          + " somebody who may read it; what is banned does not."
    },
    footer = {
      "",
      "Exit status: 0 done (events that a relay refuses are counted) · 1 a relay refuses to be"
          + " read · 3 a relay cannot be had.",
      "",
      "Examples:",
      "  anabranch nostr sync wss://relay.example",
      "  anabranch nostr sync wss://relay.example --direction down --author npub1…",
      "  anabranch nostr sync ws://127.0.0.1:7777 --relay ws://127.0.0.1:8080"
    })
final class SyncCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "OTHER", description = "The other relay, wss://…")
  private String other = "";

  @Mixin private RelayOptions relays = new RelayOptions();

  @Mixin private KeyOptions keys = new KeyOptions();

  @Mixin private FilterOptions filters = new FilterOptions();

  @Option(
      names = {"-d", "--direction"},
      paramLabel = "WAY",
      description = "down, up or both. Default: both.")
  private Direction direction = Direction.BOTH;

  @Mixin private Summary summary = new Summary();

  private final Surroundings surroundings;
  private final NostrCommand.Seams seams;

  SyncCommand(Surroundings surroundings, NostrCommand.Seams seams) {
    this.surroundings = surroundings;
    this.seams = seams;
  }

  @Override
  public Integer call() {
    Filter filter = filters.filter();
    RelayUrl ours = relays.relay(surroundings);
    RelayUrl theirs = RelayOptions.parsed(other);
    ConnectedRelay.Way way =
        ConnectedRelay.Way.with(
            keys.keys(surroundings), relays.certificates(surroundings), seams.clock());
    try (ConnectedRelay here = ConnectedRelay.to(ours, way);
        ConnectedRelay there = ConnectedRelay.to(theirs, way)) {
      RelayPair pair =
          new RelayPair(here.line(), there.line(), seams.random(), surroundings.output());
      pair.sync(filter, direction);
      summary.tell(surroundings.output(), sentence(pair), figures(pair));
      return 0;
    } catch (RelayRefusal refusal) {
      throw new CommandFailure(CommandFailure.NO, String.valueOf(refusal.getMessage()), refusal);
    } catch (LinkFailure lost) {
      throw new CommandFailure(
          CommandFailure.UNREACHABLE, lost.getMessage() + "; sync again goes on from here", lost);
    }
  }

  private String sentence(RelayPair pair) {
    return (direction.isDown() ? "down: " + pair.down().words() : "")
        + (direction == Direction.BOTH ? "; " : "")
        + (direction.isUp() ? "up: " + pair.up().words() : "");
  }

  private JsonObject figures(RelayPair pair) {
    JsonObject figures = JsonObject.EMPTY;
    figures = direction.isDown() ? figures.with("down", pair.down().figures()) : figures;
    return direction.isUp() ? figures.with("up", pair.up().figures()) : figures;
  }
}
