package dev.anabranch.cli.nostr;

import dev.anabranch.cli.remote.Trust;
import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpCall;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.rule.HttpAuthentication;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.transport.JdkHttpCaller;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Manages a relay.
@Command(
    name = "admin",
    mixinStandardHelpOptions = true,
    description = {
      "Calls a method of a relay's management API (NIP-86), signed with the key of somebody whom"
          + " the relay lets manage it (NIP-98). `supportedmethods` lists what it knows.",
      "`listpolicy` tells every setting that can be changed, what it is and who set it;"
          + " `changepolicy NAME VALUE [REASON]` changes one at once and over restarts,"
          + " `resetpolicy NAME` goes back to the relay's configuration.",
      "Parameters that are JSON are sent as JSON, npub1… and note1… as hex, anything else as text."
    },
    footer = {
      "",
      "Examples:",
      "  anabranch nostr admin supportedmethods --key-file operator.key",
      "  anabranch nostr admin banpubkey npub1… 'spam' --key-file operator.key",
      "  anabranch nostr admin allowkind 1 --key-file operator.key",
      "  anabranch nostr admin listbannedpubkeys --key-file operator.key --json",
      "  anabranch nostr admin listpolicy --key-file operator.key",
      "  anabranch nostr admin changepolicy work_bits_min 20 --key-file operator.key",
      "  anabranch nostr admin changepolicy rules --key-file operator.key \\",
      "    '[{\"kinds\":[\"1\"],\"writers\":\"members\"}]'",
      "  anabranch nostr admin resetpolicy work_bits_min --key-file operator.key"
    })
final class AdminCommand implements Callable<Integer> {

  private static final int ANSWER_BYTES_MAX = 64 * 1024 * 1024;
  private static final JsonDecoder DECODER =
      new JsonDecoder(new JsonLimits(ANSWER_BYTES_MAX, 50, 5_000_000));

  @Parameters(index = "0", paramLabel = "METHOD", description = "Such as listbannedpubkeys.")
  private String method = "";

  @Parameters(index = "1..*", paramLabel = "PARAMETER", description = "Its parameters in order.")
  private List<String> parameters = List.of();

  @Mixin private RelayOptions relays = new RelayOptions();

  @Mixin private KeyOptions keys = new KeyOptions();

  @Option(names = "--json", description = "The result as one line, also on a terminal.")
  private boolean json;

  private final Surroundings surroundings;
  private final NostrCommand.Seams seams;

  AdminCommand(Surroundings surroundings, NostrCommand.Seams seams) {
    this.surroundings = surroundings;
    this.seams = seams;
  }

  @Override
  public Integer call() {
    SecretKey key = keys.key(surroundings);
    RelayUrl relay = relays.relay(surroundings);
    byte[] body =
        JsonObject.EMPTY
            .with("method", method)
            .with("params", new JsonArray(parameters.stream().map(AdminCommand::value).toList()))
            .text()
            .getBytes(StandardCharsets.UTF_8);
    Event proof =
        HttpAuthentication.proof(
                key.publicKey(),
                new HttpAuthentication.Request(relay.http().toString(), "POST", body),
                seams.nowSeconds())
            .sign(key);
    return tell(relay, call(relay, body, HttpAuthentication.header(proof)));
  }

  private HttpAnswer call(RelayUrl relay, byte[] body, String authorization) {
    HttpCall call =
        new HttpCall(
            "POST",
            relay.http(),
            Headers.of(
                "Content-Type", "application/nostr+json+rpc", "Authorization", authorization),
            body,
            Duration.ofSeconds(30));
    try (JdkHttpCaller caller =
        JdkHttpCaller.create(ANSWER_BYTES_MAX, relays.certificates(surroundings).map(Trust::in))) {
      return caller.call(call).toCompletableFuture().get();
    } catch (ExecutionException failed) {
      throw new CommandFailure(
          CommandFailure.UNREACHABLE,
          relay + " cannot be had: " + RelayOptions.causeOf(failed).getMessage(),
          RelayOptions.causeOf(failed));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(CommandFailure.UNREACHABLE, "interrupted", stop);
    }
  }

  private int tell(RelayUrl relay, HttpAnswer answer) {
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    JsonObject said =
        DECODER.decode(text) instanceof Decoded.Value(JsonObject object)
            ? object
            : JsonObject.EMPTY;
    String error = said.string("error").orElse("");
    if (answer.status() == 200 && error.isEmpty() && said.get("result") != null) {
      Output output = surroundings.output();
      Json result = said.get("result");
      output.value(result == null ? JsonObject.EMPTY : result, json);
      return 0;
    }
    if (answer.status() == 200 && error.isEmpty()) {
      throw new CommandFailure(
          CommandFailure.UNREACHABLE,
          "what answers on "
              + relay
              + " is no relay that can be managed: it says 200 without a"
              + " result");
    }
    String sentence =
        error.isEmpty()
            ? said.string("detail").orElse(text.lines().findFirst().orElse("no answer"))
            : error;
    throw new CommandFailure(
        answer.status() >= 500 ? CommandFailure.UNREACHABLE : CommandFailure.NO,
        "the relay answers " + answer.status() + ": " + sentence);
  }

  private static Json value(String text) {
    if (text.startsWith("npub1") || text.startsWith("nprofile1")) {
      return new JsonString(hex(text));
    }
    if (text.startsWith("note1") || text.startsWith("nevent1")) {
      return new JsonString(hexOfEvent(text));
    }
    boolean isLongNumber = text.matches("\\d{16,}");
    return !isLongNumber && DECODER.decode(text) instanceof Decoded.Value(Json value)
        ? value
        : new JsonString(text);
  }

  private static String hex(String key) {
    try {
      return Entity.publicKey(key).hex();
    } catch (MalformedText no) {
      throw new CommandFailure(CommandFailure.MISUSED, no.getMessage(), no);
    }
  }

  private static String hexOfEvent(String id) {
    try {
      return FilterOptions.id(id).hex();
    } catch (MalformedText no) {
      throw new CommandFailure(CommandFailure.MISUSED, no.getMessage(), no);
    }
  }
}
