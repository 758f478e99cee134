package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.protocol.scope.wire.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Runs the examples of `docs/protocols/scope.md`, in their order, on one server.
class ProtocolPageTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("^```(http|ws)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @TestFactory
  Stream<DynamicTest> examplesAreTrue() throws IOException {
    World world = World.open();
    Matcher examples = EXAMPLE.matcher(Files.readString(page()));
    List<DynamicTest> tests = new ArrayList<>();
    while (examples.find()) {
      String kind = examples.group(1);
      String text = examples.group(2);
      tests.add(
          DynamicTest.dynamicTest(
              text.lines().findFirst().orElse(""),
              () -> {
                if (kind.equals("ws")) {
                  converse(world, text);
                } else {
                  request(world, text);
                }
              }));
    }
    assertThat(tests).hasSizeGreaterThan(10);
    return tests.stream();
  }

  private static void converse(World world, String text) {
    TestLink link = world.connect();
    Deque<String> heard = new ArrayDeque<>();
    for (String line : text.lines().toList()) {
      String frame = line.substring(3);
      if (line.startsWith("C: ")) {
        assertThat(heard).as("said by the server and not on the page").isEmpty();
        heard.addAll(link.say(frame).takeFrames());
      } else {
        String said = Objects.requireNonNull(heard.poll(), "the server does not say " + frame);
        assertThat(Vectors.json(said)).isEqualTo(Vectors.json(frame));
      }
    }
    assertThat(heard).isEmpty();
  }

  private static void request(World world, String text) {
    String[] halves = text.split("\\n\\nHTTP ", 2);
    Message asked = Message.of(halves[0]);
    Message expected = Message.of(halves[1]);
    String[] line = asked.first.split(" ");

    TestExchange answer =
        world.ask(
            line[0],
            line[1],
            asked.body.isEmpty() ? null : asked.body,
            asked.headers.toArray(String[]::new));

    assertThat(answer.status()).isEqualTo(Integer.parseInt(expected.first));
    for (int index = 0; index < expected.headers.size(); index += 2) {
      assertThat(answer.header(expected.headers.get(index)))
          .contains(expected.headers.get(index + 1));
    }
    assertThat(answer.text().lines().map(Vectors::json))
        .isEqualTo(expected.body.lines().map(Vectors::json).toList());
  }

  /// A first line, header fields, an empty line, a body.
  private record Message(String first, List<String> headers, String body) {
    static Message of(String text) {
      String[] parts = text.split("\\n\\n", 2);
      List<String> lines = parts[0].lines().toList();
      List<String> headers = new ArrayList<>();
      for (String line : lines.subList(1, lines.size())) {
        headers.addAll(List.of(line.split(": ", 2)));
      }
      return new Message(lines.getFirst(), headers, parts.length < 2 ? "" : parts[1].strip());
    }
  }

  private static Path page() {
    Path place = Path.of("").toAbsolutePath();
    while (place != null && !Files.exists(place.resolve("docs/protocols/scope.md"))) {
      place = place.getParent();
    }
    return Objects.requireNonNull(place, "no docs/protocols/scope.md here or above")
        .resolve("docs/protocols/scope.md");
  }
}
