package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Reads documents, and keeps, lists, compares and restores their named snapshots.
@Command(
    name = "document",
    mixinStandardHelpOptions = true,
    description = "Reads documents, and keeps, lists, compares and restores their snapshots.",
    footer = {
      "",
      "Examples:",
      "  anabranch document read org:demo notes/may --root body:text",
      "  anabranch document snapshot org:demo notes/may monday \\",
      "      --note 'before the meeting'",
      "  anabranch document snapshots org:demo notes/may --json",
      "  anabranch document diff org:demo notes/may monday",
      "  anabranch document restore org:demo notes/may monday"
    })
public final class DocumentCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  /// The command with its verbs.
  public static CommandLine of(Surroundings surroundings) {
    return new CommandLine(new DocumentCommand())
        .addSubcommand(new Read(surroundings))
        .addSubcommand(new Snapshots(surroundings))
        .addSubcommand(new Keep(surroundings))
        .addSubcommand(new Diff(surroundings))
        .addSubcommand(new Restore(surroundings));
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "say which: read, snapshots, snapshot, diff or restore");
    }
  }

  /// Which document a command is about.
  static final class Place {

    @Parameters(index = "0", paramLabel = "SCOPE", description = "Such as org:demo.")
    private String scope = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Such as notes/may.")
    private String name = "";

    /// The path of what stands under it, and its scope.
    ///
    /// @param under such as `/snapshots`; may be empty
    private String path(String under) {
      return "/api/document/"
          + RemoteServer.encoded(name)
          + under
          + "?scope="
          + RemoteServer.encoded(scope);
    }
  }

  private static String roots(List<String> roots) {
    StringBuilder query = new StringBuilder();
    roots.forEach(root -> query.append("&root=").append(RemoteServer.encoded(root)));
    return query.toString();
  }

  private static String snapshot(String name) {
    return "/snapshots/" + RemoteServer.encoded(name);
  }

  /// `document read`.
  @Command(
      name = "read",
      mixinStandardHelpOptions = true,
      description = "Shows a document, or a snapshot of it, without its bytes.",
      footer = {"", "Example:", "  anabranch document read org:demo notes/may --root body:text"})
  static final class Read extends RemoteCommand {

    @Mixin private Place place = new Place();

    @Option(
        names = "--root",
        paramLabel = "NAME:KIND",
        description = "Only this root, such as body:text; repeatable.")
    private List<String> roots = List.of();

    @Option(
        names = "--snapshot",
        paramLabel = "SNAPSHOT",
        description = "The document as this snapshot has it.")
    private @Nullable String snapshot;

    Read(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    int ask(RemoteServer remote) {
      String under = Optional.ofNullable(snapshot).map(DocumentCommand::snapshot).orElse("");
      RemoteServer.Answer answer =
          remote.send(remote.request(place.path(under) + roots(roots)).GET());
      output().value(answer.orFail("id", "roots").without("body"), isJson());
      return 0;
    }
  }

  /// `document snapshots`.
  @Command(
      name = "snapshots",
      mixinStandardHelpOptions = true,
      description = "Lists a document's snapshots by name, one line of JSON each.",
      footer = {"", "Example:", "  anabranch document snapshots org:demo notes/may"})
  static final class Snapshots extends RemoteCommand {

    @Mixin private Place place = new Place();

    Snapshots(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    int ask(RemoteServer remote) {
      String after = "";
      while (true) {
        String path = place.path("/snapshots") + after;
        JsonObject page = remote.send(remote.request(path).GET()).orFail("id", "snapshots");
        if (page.get("snapshots") instanceof JsonArray(List<Json> snapshots)) {
          snapshots.forEach(snapshot -> output().value(snapshot, true));
        }
        Optional<String> next = page.string("next");
        if (next.isEmpty()) {
          return 0;
        }
        after = "&after=" + RemoteServer.encoded(next.get());
      }
    }
  }

  /// `document snapshot`.
  @Command(
      name = "snapshot",
      mixinStandardHelpOptions = true,
      description = "Keeps a document's present state under a name.",
      footer = {
        "",
        "Example:",
        "  anabranch document snapshot org:demo notes/may monday \\",
        "      --note 'before the meeting'"
      })
  static final class Keep extends RemoteCommand {

    @Mixin private Place place = new Place();

    @Parameters(index = "2", paramLabel = "SNAPSHOT", description = "Its name; not taken yet.")
    private String snapshot = "";

    @Option(names = "--note", paramLabel = "TEXT", description = "What it is kept for.")
    private @Nullable String note;

    Keep(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    int ask(RemoteServer remote) {
      JsonObject name = JsonObject.EMPTY.with("name", snapshot);
      JsonObject body = note == null ? name : name.with("note", note);
      RemoteServer.Answer answer =
          remote.send("POST", remote.request(place.path("/snapshots")), body);
      output().value(answer.orFail("id", "snapshot"), isJson());
      return 0;
    }
  }

  /// `document diff`.
  @Command(
      name = "diff",
      mixinStandardHelpOptions = true,
      description =
          "Shows what an editor would see change from a snapshot to the present, or to another"
              + " one.",
      footer = {"", "Example:", "  anabranch document diff org:demo notes/may monday --to friday"})
  static final class Diff extends RemoteCommand {

    @Mixin private Place place = new Place();

    @Parameters(index = "2", paramLabel = "SNAPSHOT", description = "From which.")
    private String snapshot = "";

    @Option(
        names = "--to",
        paramLabel = "SNAPSHOT",
        description = "To which; without it to the present.")
    private @Nullable String to;

    @Option(
        names = "--root",
        paramLabel = "NAME:KIND",
        description = "Only this root, such as body:text; repeatable.")
    private List<String> roots = List.of();

    Diff(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    int ask(RemoteServer remote) {
      String path =
          place.path(snapshot(snapshot) + "/diff")
              + (to == null ? "" : "&to=" + RemoteServer.encoded(to))
              + roots(roots);
      output().value(remote.send(remote.request(path).GET()).orFail("id", "from", "to"), isJson());
      return 0;
    }
  }

  /// `document restore`.
  @Command(
      name = "restore",
      mixinStandardHelpOptions = true,
      description =
          "Edits a document so that it has a snapshot's content; what others write meanwhile is"
              + " merged.",
      footer = {"", "Example:", "  anabranch document restore org:demo notes/may monday"})
  static final class Restore extends RemoteCommand {

    @Mixin private Place place = new Place();

    @Parameters(index = "2", paramLabel = "SNAPSHOT", description = "Which.")
    private String snapshot = "";

    Restore(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    int ask(RemoteServer remote) {
      String path = place.path(snapshot(snapshot) + "/restore");
      RemoteServer.Answer answer = remote.send("POST", remote.request(path), JsonObject.EMPTY);
      output().value(answer.orFail("id", "status"), isJson());
      return 0;
    }
  }
}
