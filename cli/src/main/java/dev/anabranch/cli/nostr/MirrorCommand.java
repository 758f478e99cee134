package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.client.nostr.relay.RelayRefusal;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.client.session.Backoff;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.filter.Filter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Keeps two relays the same, for good.
@Command(
    name = "mirror",
    mixinStandardHelpOptions = true,
    description = {
      "Keeps a relay the same as another: what it lacks, found as sync does, then every new event"
          + " as it comes, until Ctrl-C. When a relay is lost or restarted it comes back by itself"
          + " and catches up. It keeps nothing on disk: end it and start it as you like.",
      "down (the default): from the other to ours; up: from ours to the other; both.",
      "Both relays tell what they tell any client: what only its parties may see, and what a"
          + " private chat, settings or training data hold, goes along with the --key-file of"
          + " somebody who may read it; what is banned does not."
    },
    footer = {
      "",
      "Examples:",
      "  anabranch nostr mirror wss://relay.example",
      "  anabranch nostr mirror wss://relay.example --direction both --kind 0,1,3",
      "  anabranch nostr mirror ws://127.0.0.1:7777 --relay ws://127.0.0.1:8080"
    })
final class MirrorCommand implements Callable<Integer> {

  private static final long WAIT_MILLIS_MIN = 250;
  private static final long WAIT_MILLIS_MAX = 30_000;

  @Parameters(index = "0", paramLabel = "OTHER", description = "The other relay, wss://…")
  private String other = "";

  @Mixin private RelayOptions relays = new RelayOptions();

  @Mixin private KeyOptions keys = new KeyOptions();

  @Mixin private FilterOptions filters = new FilterOptions();

  @Option(
      names = {"-d", "--direction"},
      paramLabel = "WAY",
      description = "down, up or both. Default: down.")
  private Direction direction = Direction.DOWN;

  private final Surroundings surroundings;
  private final NostrCommand.Seams seams;
  private final CountDownLatch ending = new CountDownLatch(1);

  MirrorCommand(Surroundings surroundings, NostrCommand.Seams seams) {
    this.surroundings = surroundings;
    this.seams = seams;
  }

  @Override
  public Integer call() throws InterruptedException {
    Filter filter = filters.filter();
    RelayUrl ours = relays.relay(surroundings);
    RelayUrl theirs = RelayOptions.parsed(other);
    ConnectedRelay.Way way =
        ConnectedRelay.Way.with(
            keys.keys(surroundings), relays.certificates(surroundings), seams.clock());
    MirroredPair pair =
        new MirroredPair(
            ours, theirs, way, filter, direction, seams.random(), surroundings.output(), ending);
    Thread goodbye = new Thread(() -> sayGoodbye(pair), "goodbye");
    Runtime.getRuntime().addShutdownHook(goodbye);
    Backoff waits = new Backoff(WAIT_MILLIS_MIN, WAIT_MILLIS_MAX, seams.random());
    do {
      try {
        pair.mirror(waits::succeeded);
      } catch (CommandFailure away) {
        remark(away);
      } catch (LinkFailure lost) {
        remark(lost);
      } catch (RelayRefusal refusal) {
        remark(refusal);
      }
    } while (!ending.await(waits.failed(), TimeUnit.MILLISECONDS));
    return 0;
  }

  private void remark(RuntimeException trouble) {
    if (trouble instanceof CommandFailure failure
        && failure.exitCode() != CommandFailure.UNREACHABLE) {
      throw failure;
    }
    if (ending.getCount() > 0) {
      surroundings.output().remark(trouble.getMessage() + "; trying again");
    }
  }

  private void sayGoodbye(MirroredPair pair) {
    ending.countDown();
    surroundings.output().remark("\n" + pair.words() + "; the same command goes on from here");
  }
}
