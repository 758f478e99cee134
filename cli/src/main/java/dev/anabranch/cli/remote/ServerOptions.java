package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.ShellWord;
import dev.anabranch.cli.terminal.Surroundings;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which server, and as whom. A token never stands among the arguments: everybody on a machine can
/// read those.
public final class ServerOptions {

  private static final String FALLBACK = "http://127.0.0.1:8080";
  private static final int PORT_MAX = 65_535;
  private static final Path ADDRESS = Path.of("anabranch-data", "address");
  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The server. Default: ANABRANCH_URL, else the one that runs on ./anabranch-data, else"
              + " http://127.0.0.1:8080.")
  private @Nullable URI url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A file that holds the token and that nobody else can read. Default:"
              + " ANABRANCH_TOKEN_FILE, else the token itself in ANABRANCH_TOKEN.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "Certificates (PEM) to trust instead of the machine's, for a server that signed its own."
              + " Default: ANABRANCH_CA.")
  private @Nullable Path certificates;

  /// A way to ask the server.
  RemoteServer connect(Surroundings surroundings) {
    return new RemoteServer(
        url(surroundings), token(surroundings), trusted(surroundings).map(Trust::in));
  }

  /// The options that were given, as they would be typed again, each behind a blank.
  String typed() {
    return ShellWord.option("--url", url)
        + ShellWord.option("--token-file", tokenFile)
        + ShellWord.option("--ca", certificates);
  }

  private Optional<Path> trusted(Surroundings surroundings) {
    String variable = surroundings.variable("ANABRANCH_CA");
    return certificates == null && !variable.isEmpty()
        ? Optional.of(Path.of(variable))
        : Optional.ofNullable(certificates);
  }

  private URI url(Surroundings surroundings) {
    if (url != null) {
      return checked(url);
    }
    return usual(surroundings);
  }

  /// The server that is meant when none is named.
  public static URI usual(Surroundings surroundings) {
    String variable = surroundings.variable("ANABRANCH_URL");
    String text = variable.isEmpty() ? runningHere().orElse(FALLBACK) : variable;
    try {
      return checked(new URI(text));
    } catch (URISyntaxException none) {
      throw noAddress(text);
    }
  }

  private static URI checked(URI url) {
    boolean isAddress =
        url.getHost() != null
            && url.getPort() <= PORT_MAX
            && String.valueOf(url.getScheme()).matches("https?");
    if (!isAddress) {
      throw noAddress(url.toString());
    }
    return url;
  }

  private static CommandFailure noAddress(String text) {
    return new CommandFailure(
        CommandFailure.MISUSED,
        "the address must be http://host:port or https://host:port, the port at most "
            + PORT_MAX
            + ", not "
            + text);
  }

  /// The address that a server left in its data folder; only one of this machine is believed, so
  /// that a folder from elsewhere cannot send a token anywhere.
  private static Optional<String> runningHere() {
    try {
      return Optional.of(Files.readString(ADDRESS).strip())
          .filter(text -> text.matches("https?://(127\\.0\\.0\\.1|\\[0:0:0:0:0:0:0:1]):\\d{1,5}"));
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  private Optional<String> token(Surroundings surroundings) {
    String variable = surroundings.variable("ANABRANCH_TOKEN_FILE");
    Path file = tokenFile == null && !variable.isEmpty() ? Path.of(variable) : tokenFile;
    String token = file == null ? surroundings.variable("ANABRANCH_TOKEN") : read(file);
    if (!token.matches("[!-~]*")) {
      throw new CommandFailure(
          CommandFailure.MISUSED,
          "what stands in "
              + (file == null ? "ANABRANCH_TOKEN" : file)
              + " is no token: it has characters that no token has");
    }
    return file == null && token.isEmpty() ? Optional.empty() : Optional.of(token);
  }

  private static String read(Path file) {
    try {
      for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
        if (OTHERS.contains(permission)) {
          throw new CommandFailure(
              CommandFailure.MISUSED,
              "others can read " + file + ", which holds a token; chmod 600 " + file);
        }
      }
      return Files.readString(file).strip();
    } catch (IOException unreadable) {
      throw new CommandFailure(
          CommandFailure.MISUSED, "the token file " + file + " cannot be read", unreadable);
    }
  }
}
