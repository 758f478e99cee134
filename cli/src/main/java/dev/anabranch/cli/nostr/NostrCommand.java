package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.Surroundings;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Speaks Nostr with relays.
@Command(
    name = "nostr",
    mixinStandardHelpOptions = true,
    description = {
      "Speaks Nostr: makes keys, publishes and reads events, keeps relays the same.",
      "The relay is --relay, else ANABRANCH_RELAY, else the server that runs here. The key is in a"
          + " file that nobody else can read (--key-file, ANABRANCH_NOSTR_KEY_FILE) or in"
          + " ANABRANCH_NOSTR_KEY, never among the arguments."
    },
    footer = {
      "",
      "Examples:",
      "  anabranch nostr keygen me.key",
      "  anabranch nostr publish --key-file me.key --content 'Hello'",
      "  anabranch nostr req --kind 1 --limit 10",
      "  anabranch nostr sync wss://relay.example",
      "  anabranch nostr export > events.jsonl"
    })
public final class NostrCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  /// What the commands stand on besides their surroundings.
  ///
  /// @param clock dates events
  /// @param random makes keys, spreads waits
  public record Seams(InstantSource clock, RandomGenerator random) {

    long nowSeconds() {
      return clock.millis() / 1_000;
    }
  }

  /// The command with its verbs.
  public static CommandLine of(Surroundings surroundings, Seams seams) {
    return new CommandLine(new NostrCommand())
        .addSubcommand(new KeygenCommand(surroundings, seams))
        .addSubcommand(new PublishCommand(surroundings, seams))
        .addSubcommand(new ReqCommand(surroundings))
        .addSubcommand(new SyncCommand(surroundings, seams))
        .addSubcommand(new MirrorCommand(surroundings, seams))
        .addSubcommand(new EventImportCommand(surroundings, seams))
        .addSubcommand(new EventExportCommand(surroundings, seams))
        .addSubcommand(new AdminCommand(surroundings, seams));
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "say which: keygen, publish, req, sync, mirror, import, export or admin");
    }
  }
}
