package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output.Colour;
import dev.anabranch.cli.terminal.Range;
import dev.anabranch.cli.terminal.ShellWord;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Watches a scope live.
@Command(
    name = "tail",
    mixinStandardHelpOptions = true,
    description =
        "Watches the changes of a scope as they are committed. It comes back by itself when the"
            + " connection breaks; Ctrl-C ends it and says how to go on from there.",
    footer = {
      "",
      "Examples:",
      "  anabranch tail org:demo",
      "  anabranch tail org:demo --after 0 --json | jq .data"
    })
public final class TailCommand extends RemoteCommand {

  private static final long WAIT_MILLIS_MIN = 250;
  private static final long WAIT_MILLIS_MAX = 10_000;
  private static final long NOWHERE = -1;

  @Parameters(index = "0", paramLabel = "SCOPE", description = "Such as org:demo.")
  private String scope = "";

  @Option(
      names = "--after",
      paramLabel = "ID",
      description = "Begin behind this id. Default: at the scope's head.")
  private @Nullable Long after;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End after so many changes. Default: never.")
  private long count = Long.MAX_VALUE;

  private final AtomicLong cursor = new AtomicLong(NOWHERE);
  private final CountDownLatch ending = new CountDownLatch(1);

  /// A command of these surroundings.
  public TailCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int ask(RemoteServer remote) {
    Range.NOT_NEGATIVE.check("--after", after);
    Range.POSITIVE.check("--count", count);
    cursor.set(after == null ? NOWHERE : after);
    Thread goodbye = new Thread(this::sayGoodbye, "goodbye");
    Runtime.getRuntime().addShutdownHook(goodbye);
    try {
      return follow(remote);
    } finally {
      if (ending.getCount() > 0) {
        Runtime.getRuntime().removeShutdownHook(goodbye);
      }
    }
  }

  private void sayGoodbye() {
    ending.countDown();
    if (cursor.get() >= 0) {
      output()
          .remark("\nlast id " + cursor + "; go on with: " + command("tail", " --after " + cursor));
    }
  }

  /// A command about this scope on this server, to be typed.
  private String command(String name, String options) {
    return "anabranch " + name + " " + ShellWord.quoted(scope) + options + typedPlace();
  }

  private int follow(RemoteServer remote) {
    long wait = WAIT_MILLIS_MIN;
    while (true) {
      long before = cursor.get();
      Optional<Integer> exitCode = once(remote);
      if (exitCode.isPresent()) {
        return exitCode.get();
      }
      wait = cursor.get() > before ? WAIT_MILLIS_MIN : Math.min(wait * 2, WAIT_MILLIS_MAX);
      if (isEndedWithin(wait)) {
        return 0;
      }
    }
  }

  private boolean isEndedWithin(long millis) {
    try {
      return ending.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /// Follows until the connection breaks; an exit status when there is no point in coming back.
  private Optional<Integer> once(RemoteServer remote) {
    HttpRequest.Builder request =
        remote.request("/sync/live?scope=" + RemoteServer.encoded(scope)).GET();
    if (cursor.get() >= 0) {
      request.header("Last-Event-ID", Long.toString(cursor.get()));
    }
    HttpResponse<InputStream> answer;
    try {
      answer = remote.stream(request);
    } catch (CommandFailure unreachable) {
      if (cursor.get() == NOWHERE) {
        throw unreachable;
      }
      remarkBroken("the server does not answer");
      return Optional.empty();
    }
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      if (remote.isStream(answer, "text/event-stream")) {
        return tell(new ServerSentEvents(lines));
      }
      if (answer.statusCode() < 500) {
        throw remote.refused(answer, lines.readAllAsString());
      }
      remarkBroken("the server answers " + answer.statusCode());
    } catch (IOException broken) {
      remarkBroken("the connection broke");
    }
    return Optional.empty();
  }

  private void remarkBroken(String what) {
    if (ending.getCount() > 0) {
      output().remark(Colour.FAINT, what + "; trying again");
    }
  }

  private Optional<Integer> tell(ServerSentEvents events) throws IOException {
    for (ServerSentEvents.Event event = events.next(); event != null; event = events.next()) {
      switch (event.name()) {
        case "sync" -> change(event);
        case "live" -> {
          cursor.accumulateAndGet(id(event), Math::max);
          output().remark(Colour.FAINT, "live from id " + cursor);
        }
        case "refetch" -> {
          output()
              .remark(
                  "the cursor is of no use any more: "
                      + event.data()
                      + "; start over with: "
                      + command("snapshot", ""));
          return Optional.of(CommandFailure.NO);
        }
        default -> {} // a later version may say more
      }
      if (count <= 0 || output().isBroken()) {
        return Optional.of(0);
      }
    }
    return Optional.empty();
  }

  private void change(ServerSentEvents.Event event) {
    Json data = RemoteServer.json(event.data()).orElse(JsonObject.EMPTY);
    if (data instanceof JsonObject change) {
      output()
          .line(
              isJson() || !output().isTerminal() ? change.text() : EventLine.of(change, output()));
    }
    cursor.set(id(event));
    count--;
  }

  private static long id(ServerSentEvents.Event event) {
    return event.id().isEmpty() ? NOWHERE : Long.parseLong(event.id());
  }
}
