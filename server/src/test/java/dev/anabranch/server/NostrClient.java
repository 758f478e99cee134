package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.SecretKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Nostr client as a test sees it: raw frames, so that nothing is forgiven.
final class NostrClient implements AutoCloseable {

  /// When the tests' events are made, in seconds since 1970.
  static final long NOW = System.currentTimeMillis() / 1000 - 1000;

  private static final Pattern AUTH = Pattern.compile("\\[\"AUTH\",\"([^\"]+)\"]");

  private final Socket socket;
  private final String challenge;
  private int asked;

  private NostrClient(Socket socket) {
    this.socket = socket;
    Matcher auth = AUTH.matcher(socket.frame());
    assertThat(auth.matches()).isTrue();
    this.challenge = auth.group(1);
  }

  static NostrClient of(Served served) {
    return new NostrClient(Socket.at(served, "/"));
  }

  /// The same key for the same number.
  static SecretKey key(int number) {
    return SecretKey.generate(new Random(number));
  }

  static Event event(SecretKey key, int kind, long createdAt, String content, Tag... tags) {
    return new UnsignedEvent(key.publicKey(), createdAt, kind, List.of(tags), content).sign(key);
  }

  static Event note(SecretKey key, long createdAt, String content, Tag... tags) {
    return event(key, 1, createdAt, content, tags);
  }

  NostrClient say(String frame) {
    socket.say(frame);
    return this;
  }

  String frame() {
    return socket.frame();
  }

  /// Waits for a frame that holds a text.
  String hear(String text) {
    return socket.hear(text);
  }

  /// Waits for the end of the connection; its close code.
  int ended() {
    return socket.ended();
  }

  /// The answer to an event: `true` or `false`, a blank, the reason.
  String answer(Event event) {
    return answer(event.json(), event);
  }

  String answer(String json, Event event) {
    say("[\"EVENT\"," + json + "]");
    String frame = socket.hear("[\"OK\",\"" + event.id() + "\"");
    String rest = frame.substring(frame.indexOf(',', 6) + 1, frame.length() - 1);
    return rest.replaceFirst(",\"", " ").replaceFirst("\"$", "");
  }

  /// Publishes what must be accepted.
  NostrClient publish(Event... events) {
    for (Event event : events) {
      assertThat(answer(event)).startsWith("true");
    }
    return this;
  }

  /// Authenticates a key.
  String authenticate(SecretKey key) {
    return authenticate(
        event(
            key,
            22_242,
            System.currentTimeMillis() / 1000,
            "",
            Tag.of("relay", "ws://127.0.0.1/"),
            Tag.of("challenge", challenge)));
  }

  String authenticate(Event event) {
    say("[\"AUTH\"," + event.json() + "]");
    return socket.hear("[\"OK\",\"" + event.id() + "\"");
  }

  String challenge() {
    return challenge;
  }

  /// The stored events of some filters, as they came, in their order; the subscription stays open.
  List<String> stored(String id, String... filters) {
    say("[\"REQ\",\"" + id + "\"," + String.join(",", filters) + "]");
    String opening = "[\"EVENT\",\"" + id + "\",";
    List<String> events = new ArrayList<>();
    for (String frame = frame(); ; frame = frame()) {
      if (frame.startsWith(opening)) {
        events.add(frame.substring(opening.length(), frame.length() - 1));
      } else if (frame.startsWith("[\"EOSE\",\"" + id + "\"")) {
        events.add(frame);
        return events;
      } else if (frame.startsWith("[\"CLOSED\",\"" + id + "\"")) {
        events.add(frame);
        return events;
      }
    }
  }

  /// Between two askings for the same, so that a fast machine stays below the rate of requests.
  static void pause() {
    LockSupport.parkNanos(20_000_000);
  }

  /// Waits until everything that was said is done, dropping what is heard meanwhile.
  void settle() {
    say("[\"COUNT\",\"settled\",{\"kinds\":[42]}]");
    String frame = frame();
    while (!frame.startsWith("[\"COUNT\",\"settled\"")) {
      frame = frame();
    }
  }

  /// The ids of the stored events of some filters.
  List<String> ids(String... filters) {
    String id = "q" + ++asked; // one that was closed may still be told
    List<String> events = stored(id, filters);
    assertThat(events.getLast()).startsWith("[\"EOSE\"");
    say("[\"CLOSE\",\"" + id + "\"]");
    return events.subList(0, events.size() - 1).stream().map(NostrClient::id).toList();
  }

  static String id(String json) {
    JsonObject event = JsonDecoder.stored(json);
    return event.string("id").orElseThrow();
  }

  static List<String> ids(Event... events) {
    return List.of(events).stream().map(event -> event.id().hex()).toList();
  }

  @Override
  public void close() {
    socket.leave();
  }
}
