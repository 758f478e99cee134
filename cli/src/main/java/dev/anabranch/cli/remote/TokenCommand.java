package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Range;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.server.identity.TokenRequest;
import dev.anabranch.server.identity.Tokens;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Makes, lists and ends tokens.
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description =
        "Makes, lists and ends tokens: over HTTP on the running server, or, with --data or"
            + " --database, straight in the database (how the first one is made).",
    footer = {
      "",
      "Examples:",
      "  anabranch token create --data ./anabranch-data --owner operator",
      "  anabranch token create ann --scopes 'org:*' --right write --days 90",
      "  anabranch token list",
      "  anabranch token revoke abcdefghijklmnop"
    })
public final class TokenCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  /// What a token is made with.
  ///
  /// @param clock the time it begins to count
  /// @param random must be unguessable
  public record Making(InstantSource clock, RandomGenerator random) {

    private Tokens tokens(Credentials credentials) {
      return new Tokens(credentials, clock, random);
    }
  }

  /// The command with its three verbs.
  public static CommandLine of(Surroundings surroundings, Making making) {
    return new CommandLine(new TokenCommand())
        .addSubcommand(new Create(surroundings, making))
        .addSubcommand(new ListAll(surroundings, making))
        .addSubcommand(new Revoke(surroundings, making));
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "say which: create, list or revoke");
    }
  }

  /// `token create`.
  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a token and prints it, this once: nobody can show it again.")
  static final class Create extends CredentialVerb {

    @Parameters(index = "0", paramLabel = "PRINCIPAL", description = "Whom it names.")
    private String principal = "";

    @Option(
        names = "--scopes",
        paramLabel = "PATTERN",
        split = ",",
        description = "Where it counts: a scope, or a beginning and *. Default: everywhere.")
    private List<String> scopes = List.of();

    @Option(
        names = "--right",
        paramLabel = "RIGHT",
        description = "The highest right it carries: read, write or admin. Default: admin.")
    private String right = "admin";

    @Option(
        names = "--create",
        description = "May write to unknown scopes, and become their admin.")
    private boolean create;

    @Option(names = "--owner", description = "The operator's: every right, and tokens too.")
    private boolean owner;

    @Option(names = "--label", paramLabel = "TEXT", description = "What its owner calls it.")
    private String label = "";

    @Option(names = "--days", paramLabel = "N", description = "How long it counts. Default: ever.")
    private @Nullable Integer days;

    private final Making making;

    Create(Surroundings surroundings, Making making) {
      super(surroundings);
      this.making = making;
    }

    @Override
    boolean mayBeFirst() {
      return true;
    }

    @Override
    int ask(RemoteServer remote) {
      JsonObject made =
          remote.send("POST", remote.request("/admin/tokens"), request()).orFail("id", "token");
      return tell(made);
    }

    @Override
    int change(Credentials credentials) {
      try {
        Tokens.Made made = making.tokens(credentials).create(TokenRequest.of(request()));
        return tell(Tokens.shown(made.credential()).with("token", made.token().text()));
      } catch (IllegalArgumentException wrong) {
        throw new CommandFailure(CommandFailure.MISUSED, String.valueOf(wrong.getMessage()), wrong);
      }
    }

    private JsonObject request() {
      Range.POSITIVE.check("--days", days);
      JsonObject request =
          JsonObject.EMPTY
              .with("principal", principal)
              .with("right", right)
              .with("create", JsonBoolean.of(create))
              .with("owner", JsonBoolean.of(owner))
              .with("label", label);
      if (!scopes.isEmpty()) {
        List<Json> patterns = scopes.stream().<Json>map(JsonString::new).toList();
        request = request.with("scopes", new JsonArray(patterns));
      }
      return days == null ? request : request.with("seconds", days * 86_400L);
    }

    private int tell(JsonObject made) {
      if (isJson()) {
        output().value(made, true);
      } else {
        output().line(made.string("token").orElse(""));
      }
      refuseIfLost(made);
      if (isJson()) {
        return 0;
      }
      output()
          .remark(
              "for "
                  + principal
                  + "; keep it in a file that nobody else can read (chmod 600) and name"
                  + " that in ANABRANCH_TOKEN_FILE. It is not shown again.");
      return 0;
    }

    /// The token counts although nobody has its secret; only who is told can end it.
    private void refuseIfLost(JsonObject made) {
      if (output().isBroken()) {
        String id = made.string("id").orElse("");
        throw new CommandFailure(
            CommandFailure.NO,
            output().failure().orElse("nobody reads standard output")
                + "; the token "
                + id
                + " was made and its secret is lost: end it with `anabranch token revoke "
                + id
                + typedPlace()
                + "`, and make another");
      }
    }
  }

  /// `token list`.
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists tokens, without their secrets.")
  static final class ListAll extends CredentialVerb {

    private final Making making;

    ListAll(Surroundings surroundings, Making making) {
      super(surroundings);
      this.making = making;
    }

    @Override
    int ask(RemoteServer remote) {
      JsonObject answer = remote.send(remote.request("/admin/tokens").GET()).orFail("tokens");
      return answer.get("tokens") instanceof JsonArray(List<Json> tokens)
          ? tellAll(tokens, Tokens.LIST_MAX)
          : 0;
    }

    @Override
    int change(Credentials credentials) {
      List<Credential> tokens = making.tokens(credentials).list();
      return tellAll(tokens.stream().map(Tokens::shown).toList(), Tokens.LIST_MAX);
    }
  }

  /// `token revoke`.
  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Ends a token; open connections that stand on it end within two seconds.")
  static final class Revoke extends CredentialVerb {

    @Parameters(
        index = "0",
        paramLabel = "ID",
        description = "The part between the two underscores, as token list shows it.")
    private String id = "";

    private final Making making;

    Revoke(Surroundings surroundings, Making making) {
      super(surroundings);
      this.making = making;
    }

    @Override
    int ask(RemoteServer remote) {
      String path = "/admin/tokens/" + RemoteServer.encoded(id);
      JsonObject ended = remote.send(remote.request(path).DELETE()).orFail("id", "revoked");
      return tell(ended.get("revoked") == JsonBoolean.TRUE);
    }

    @Override
    int change(Credentials credentials) {
      return tell(making.tokens(credentials).revoke(id));
    }

    private int tell(boolean revoked) {
      if (!revoked) {
        throw new CommandFailure(CommandFailure.NO, "no token " + id + " that still counts");
      }
      output().remark("revoked");
      return 0;
    }
  }
}
