package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.server.identity.LinkedKeys;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Lists and ends Nostr keys.
@Command(
    name = "key",
    mixinStandardHelpOptions = true,
    description =
        "Lists Nostr keys that were linked to a principal or revoked, and revokes one: over HTTP on"
            + " the running server, or, with --data or --database, straight in the database.",
    footer = {
      "",
      "Examples:",
      "  anabranch key list",
      "  anabranch key revoke npub1…",
      "  anabranch key revoke npub1… --data ./anabranch-data"
    })
public final class KeyCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  /// The command with its two verbs.
  public static CommandLine of(Surroundings surroundings, InstantSource clock) {
    return new CommandLine(new KeyCommand())
        .addSubcommand(new ListAll(surroundings, clock))
        .addSubcommand(new Revoke(surroundings, clock));
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(spec.commandLine(), "say which: list or revoke");
    }
  }

  /// `key list`.
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description =
          "Lists the keys that were linked or revoked; every other key is the principal of its own"
              + " name.")
  static final class ListAll extends CredentialVerb {

    private final InstantSource clock;

    ListAll(Surroundings surroundings, InstantSource clock) {
      super(surroundings);
      this.clock = clock;
    }

    @Override
    int ask(RemoteServer remote) {
      JsonObject answer = remote.send(remote.request("/admin/keys").GET()).orFail("keys");
      return answer.get("keys") instanceof JsonArray(List<Json> keys)
          ? tellAll(keys, LinkedKeys.LIST_MAX)
          : 0;
    }

    @Override
    int change(Credentials credentials) {
      List<Credential> keys = new LinkedKeys(credentials, clock).list();
      return tellAll(keys.stream().map(LinkedKeys::shown).toList(), LinkedKeys.LIST_MAX);
    }
  }

  /// `key revoke`.
  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description =
          "Keeps a key out for good, whether or not it was linked: nothing that it signs is taken"
              + " any more, and open connections that it authenticated end within two seconds. What"
              + " it wrote stays.")
  static final class Revoke extends CredentialVerb {

    private final InstantSource clock;

    @Parameters(index = "0", paramLabel = "KEY", description = "npub1… or hex.")
    private String key = "";

    Revoke(Surroundings surroundings, InstantSource clock) {
      super(surroundings);
      this.clock = clock;
    }

    private PublicKey key() {
      try {
        return Entity.publicKey(key);
      } catch (MalformedText wrong) {
        throw new CommandFailure(CommandFailure.MISUSED, String.valueOf(wrong.getMessage()), wrong);
      }
    }

    @Override
    int ask(RemoteServer remote) {
      String path = "/admin/keys/" + key().hex();
      JsonObject ended = remote.send(remote.request(path).DELETE()).orFail("key", "revoked");
      return tell(ended.get("revoked") == JsonBoolean.TRUE);
    }

    @Override
    int change(Credentials credentials) {
      return tell(new LinkedKeys(credentials, clock).revoke(key()));
    }

    private int tell(boolean revoked) {
      if (!revoked) {
        throw new CommandFailure(CommandFailure.NO, "the key " + key + " was revoked before");
      }
      output().remark("revoked");
      return 0;
    }
  }
}
