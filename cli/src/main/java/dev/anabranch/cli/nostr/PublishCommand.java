package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Output.Colour;
import dev.anabranch.cli.terminal.Range;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.client.QueueFull;
import dev.anabranch.client.nostr.NostrClient;
import dev.anabranch.client.nostr.NostrSettings;
import dev.anabranch.client.nostr.Publication;
import dev.anabranch.client.nostr.RelayStatus;
import dev.anabranch.client.nostr.relay.LineSettings;
import dev.anabranch.client.nostr.relay.RelayAnswer;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.rule.ProofOfWork;
import dev.anabranch.nostr.text.Parsed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Publishes events.
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = {
      "Publishes an event that the options describe, or the events on standard input, one JSON"
          + " object a line: signed ones as they are, others signed with the key.",
      "With --queue, what is not answered in time stays in that file and goes out with the next"
          + " publish on it, whatever happens to this process."
    },
    footer = {
      "",
      "Exit status: 0 every relay has it · 1 one refused it · 3 one did not answer in time.",
      "",
      "Examples:",
      "  anabranch nostr publish --key-file me.key --content 'Hello'",
      "  anabranch nostr publish --key-file me.key --content 'Hi' --tag t=greeting \\",
      "      --pow 16",
      "  anabranch nostr publish --key-file me.key --content 'from the train' \\",
      "      --queue outbox.db",
      "  anabranch nostr publish --relay wss://relay.example < events.jsonl"
    })
final class PublishCommand implements Callable<Integer> {

  private static final JsonDecoder DECODER =
      new JsonDecoder(new JsonLimits(Lines.BYTES_MAX, 20, 200_000));
  private static final int WORK_BITS_MAX = 40;

  /// Seconds since 1970 that JSON carries everywhere.
  private static final Range TIMES = new Range(0, (1L << 53) - 1);

  private static final long TRIES = 100_000;

  /// Events whose answers are waited for at once.
  private static final int WINDOW = 512;

  @Mixin private RelayOptions relays = new RelayOptions();

  @Mixin private KeyOptions keys = new KeyOptions();

  @Option(
      names = {"-c", "--content"},
      paramLabel = "TEXT",
      description = "What it says; without this and --kind, events come from standard input.")
  private @Nullable String content;

  @Option(
      names = {"-k", "--kind"},
      paramLabel = "N",
      description = "Its kind. Default: 1.")
  private @Nullable Integer kind;

  @Option(
      names = {"-t", "--tag"},
      paramLabel = "NAME=VALUE[;…]",
      description = "A tag; further elements after semicolons.")
  private List<String> tags = List.of();

  @Option(
      names = "--created-at",
      paramLabel = "SECONDS",
      description = "When, in seconds since 1970. Default: now.")
  private @Nullable Long createdAt;

  @Option(
      names = "--pow",
      paramLabel = "BITS",
      description = "Work to put into the id of what is signed here (NIP-13), up to 40 bits.")
  private int workBits;

  @Option(names = "--queue", paramLabel = "FILE", description = "A queue on disk.")
  private @Nullable Path queue;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "How long to wait for answers. Default: 30.")
  private int waitSeconds = 30;

  @Option(names = "--json", description = "One line of JSON for each event, also on a terminal.")
  private boolean json;

  private final Surroundings surroundings;
  private final NostrCommand.Seams seams;
  private final Queue<Publication> published = new ArrayDeque<>();
  private final Set<RelayUrl> silent = new HashSet<>();
  private int exitCode;

  PublishCommand(Surroundings surroundings, NostrCommand.Seams seams) {
    this.surroundings = surroundings;
    this.seams = seams;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    new Range(0, WORK_BITS_MAX).check("--pow", workBits);
    TIMES.check("--created-at", createdAt);
    Range.NOT_NEGATIVE.check("--wait", waitSeconds);
    List<RelayUrl> to = relays.relays(surroundings);
    NostrSettings settings =
        NostrSettings.of(to.stream().map(RelayUrl::text).toArray(String[]::new))
            .with(LineSettings.USUAL.withKeys(keys.keys(surroundings)));
    Optional<Path> trusted = relays.certificates(surroundings);
    settings = trusted.isPresent() ? settings.withTrusted(trusted.get()) : settings;
    boolean readsInput = content == null && kind == null;
    Optional<Event> described = readsInput ? Optional.empty() : Optional.of(signed(described()));
    try (NostrClient client =
        queue == null ? NostrClient.inMemory(settings) : NostrClient.open(settings, queue)) {
      int before = queue == null ? 0 : client.queued();
      if (described.isPresent()) {
        publish(client, described.get());
      } else {
        publishInput(client);
      }
      tellAll(client);
      if (before > 0 && !client.awaitPublished(Duration.ofSeconds(waitSeconds))) {
        worse(CommandFailure.UNREACHABLE);
      }
      remarkQueued(client);
    }
    return exitCode;
  }

  private EventDraft described() {
    try {
      return new EventDraft(
          kind == null ? 1 : kind,
          content == null ? "" : content,
          tags.stream().map(EventDraft::tag).toList(),
          createdAt == null ? EventDraft.NOW : createdAt);
    } catch (IllegalArgumentException no) {
      throw misused(String.valueOf(no.getMessage()));
    }
  }

  /// Publishes every line up to the first that is no event; what became of those before it is told
  /// in any case.
  private void publishInput(NostrClient client) throws IOException, InterruptedException {
    try {
      publishLines(client);
    } catch (CommandFailure bad) {
      tellAll(client);
      remarkQueued(client);
      throw bad;
    }
  }

  private void tellAll(NostrClient client) throws InterruptedException {
    while (!published.isEmpty()) {
      tell(client);
    }
  }

  private void publishLines(NostrClient client) throws IOException, InterruptedException {
    Lines lines = new Lines(surroundings.input());
    for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
      String text = new String(line.get(), StandardCharsets.UTF_8);
      if (!text.isBlank() || lines.isTooLong()) {
        publish(client, parsed(text, lines.number()));
      }
    }
    if (lines.number() == 0) {
      throw misused("there is no event: give --content, or events on standard input");
    }
  }

  private Event parsed(String text, long number) {
    if (!(DECODER.decode(text) instanceof Decoded.Value(JsonObject object))) {
      throw misused("line " + number + ": this is no event, which is a JSON object");
    }
    if (object.get("sig") == null) {
      try {
        return signed(EventDraft.of(object));
      } catch (IllegalArgumentException no) {
        throw misused("line " + number + ": " + no.getMessage());
      }
    }
    return switch (Event.parse(text.getBytes(StandardCharsets.UTF_8), EventLimits.NONE)) {
      case Parsed.Value<Event>(Event event) -> verified(event, number);
      case Parsed.Malformed<Event>(String detail) ->
          throw misused("line " + number + ": " + detail);
    };
  }

  private static Event verified(Event event, long number) {
    return switch (Verification.of(event)) {
      case Verification.Verified good -> event;
      case Verification.WrongId(var claimed, var actual) ->
          throw misused("line " + number + ": the id of what it says would be " + actual);
      case Verification.WrongSignature wrong ->
          throw misused("line " + number + ": its signature is not its author's");
    };
  }

  private Event signed(EventDraft draft) {
    SecretKey key = keys.key(surroundings);
    UnsignedEvent event = draft.by(key.publicKey(), seams.nowSeconds());
    if (workBits == 0) {
      return event.sign(key);
    }
    for (long first = 0; ; first += TRIES) {
      Optional<UnsignedEvent> mined = ProofOfWork.mine(event, workBits, first, TRIES);
      if (mined.isPresent()) {
        return mined.get().sign(key);
      }
    }
  }

  private void publish(NostrClient client, Event event) throws InterruptedException {
    if (published.size() >= WINDOW) {
      tell(client);
    }
    try {
      published.add(client.publish(event));
    } catch (QueueFull full) {
      throw new CommandFailure(
          CommandFailure.UNREACHABLE,
          "the queue is full: the relays have not answered " + client.queued() + " events",
          full);
    }
  }

  /// Tells what became of the event that was published first.
  private void tell(NostrClient client) throws InterruptedException {
    Publication publication = published.remove();
    JsonObject answers = JsonObject.EMPTY;
    for (RelayStatus status : client.status()) {
      RelayUrl relay = status.relay();
      Optional<RelayAnswer> answer = answer(publication, relay);
      String why = answer.map(RelayAnswer::reason).orElse(because(client, relay));
      answers =
          answers.with(
              relay.text(),
              JsonObject.EMPTY
                  .with("accepted", JsonBoolean.of(answer.isPresent() && answer.get().isAccepted()))
                  .with("reason", why));
      if (answer.isEmpty()) {
        worse(CommandFailure.UNREACHABLE);
      } else if (!answer.get().isAccepted()) {
        worse(CommandFailure.NO);
      }
      tell(publication.event(), relay, answer, why);
    }
    Output output = surroundings.output();
    if (json || !output.isTerminal()) {
      output.line(
          JsonObject.EMPTY
              .with("id", publication.event().id().hex())
              .with("relays", answers)
              .text());
    }
  }

  private Optional<RelayAnswer> answer(Publication publication, RelayUrl relay)
      throws InterruptedException {
    CompletableFuture<RelayAnswer> answer = publication.answer(relay).toCompletableFuture();
    try {
      long millis = silent.contains(relay) ? 1 : waitSeconds * 1_000L;
      RelayAnswer given = answer.get(millis, TimeUnit.MILLISECONDS);
      silent.remove(relay);
      return Optional.of(given);
    } catch (TimeoutException notInTime) {
      silent.add(relay);
      return Optional.empty();
    } catch (ExecutionException never) {
      throw new IllegalStateException("an answer does not fail", never);
    }
  }

  private static String because(NostrClient client, RelayUrl relay) {
    String detail =
        client.status().stream()
            .filter(status -> status.relay().equals(relay))
            .map(RelayStatus::detail)
            .findFirst()
            .orElse("");
    return detail.isEmpty() ? "no answer in time" : "no answer in time: " + detail;
  }

  private void tell(Event event, RelayUrl relay, Optional<RelayAnswer> answer, String why) {
    Output output = surroundings.output();
    if (answer.isPresent() && answer.get().isAccepted()) {
      if (output.isTerminal() && !json) {
        String note = new Entity.Note(event.id()).text();
        output.line(
            output.in(Colour.GREEN, note)
                + " is at "
                + relay
                + (why.isEmpty() ? "" : " (" + why + ")"));
      }
    } else {
      output.remark("anabranch: " + event.id() + " is not at " + relay + ": " + why);
    }
  }

  private void remarkQueued(NostrClient client) {
    int left = queue == null ? 0 : client.queued();
    if (left > 0) {
      surroundings
          .output()
          .remark(left + " events wait in " + queue + "; the next publish on it sends them");
    }
  }

  private void worse(int code) {
    exitCode = Math.max(exitCode, code);
  }

  private static CommandFailure misused(String sentence) {
    return new CommandFailure(CommandFailure.MISUSED, sentence);
  }
}
