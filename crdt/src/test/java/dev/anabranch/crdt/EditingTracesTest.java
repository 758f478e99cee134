package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import dev.anabranch.testkit.RealInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real texts end as they were recorded: one that stands here, and those of [RealInput].
class EditingTracesTest {
  @Test
  void aTypedTraceEndsInItsText() throws IOException {
    try (InputStream gzip =
        EditingTracesTest.class.getResourceAsStream("sveltecomponent.json.gz")) {
      endsInItsText(EditingTrace.read(Objects.requireNonNull(gzip)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rustcode", "automerge-paper"})
  void furtherTracesEndInTheirTexts(String name) throws IOException {
    Path file = RealInput.file("editing-traces/" + name + ".json.gz");
    try (InputStream gzip = Files.newInputStream(file)) {
      endsInItsText(EditingTrace.read(gzip));
    }
  }

  @Test
  void whatTwoWroteAtOnceEndsInTheirText() throws IOException {
    Path file = RealInput.file("editing-traces/friendsforever.concurrent.json.gz");
    try (InputStream gzip = new GZIPInputStream(Files.newInputStream(file))) {
      String json = new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
      endsInItsText(RecordLine.of(JavaScriptJson.parse(json)));
    }
  }

  private static void endsInItsText(EditingTrace trace) {
    Document typed = EditingTrace.document(1);
    List<UpdateV1> updates = trace.typeInto(typed);
    assertThat(typed.text("text").text()).isEqualTo(trace.end());

    Document applied = EditingTrace.document(2);
    updates.forEach(update -> applied.apply(update, null));
    assertThat(applied.encodeV1()).isEqualTo(typed.encodeV1());

    Document loaded = EditingTrace.document(3);
    loaded.apply(typed.encodeV2(), null);
    assertThat(loaded.text("text").text()).isEqualTo(trace.end());
    assertThat(loaded.encodeV1()).isEqualTo(typed.encodeV1());
  }

  /// Each transaction is written by one of several, who has seen what its parents had.
  private static void endsInItsText(RecordLine trace) {
    List<Document> writers = new ArrayList<>();
    for (int i = 0; i < trace.number("numAgents"); i++) {
      writers.add(EditingTrace.document(i + 1));
    }
    List<Written> all = new ArrayList<>();
    List<int[]> applied = new ArrayList<>();
    writers.forEach(writer -> applied.add(new int[writers.size()]));
    for (Any value : trace.list("txns")) {
      RecordLine transaction = RecordLine.of(value);
      int agent = transaction.number("agent");
      int[] seen = new int[writers.size()];
      for (Any parent : transaction.list("parents")) {
        int[] before = all.get((int) ((Any.Number) parent).value()).seen();
        Arrays.setAll(seen, i -> Math.max(seen[i], before[i]));
      }
      Document writer = writers.get(agent);
      int[] known = applied.get(agent);
      for (Written one : all.subList(Arrays.stream(known).min().orElse(0), all.size())) {
        if (one.number() > known[one.agent()] && one.number() <= seen[one.agent()]) {
          writer.apply(one.update(), null);
        }
      }
      Arrays.setAll(known, i -> Math.max(known[i], seen[i]));
      seen[agent] = all.size() + 1;
      known[agent] = seen[agent];
      all.add(new Written(agent, all.size() + 1, seen, write(writer, transaction)));
    }
    Document together = EditingTrace.document(99);
    writers.forEach(writer -> together.apply(writer.encodeV1(), null));
    assertThat(together.text("text").text()).isEqualTo(trace.text("endContent"));
  }

  /// A transaction with what its writer had seen of each, counted from 1.
  private record Written(int agent, int number, int[] seen, UpdateV1 update) {}

  private static UpdateV1 write(Document writer, RecordLine transaction) {
    SharedText text = writer.text("text");
    List<UpdateV1> told = new ArrayList<>();
    try (Subscription ignored = writer.onUpdateV1(update -> told.add(update.update()))) {
      writer.transact(
          null,
          t -> {
            for (Any patch : transaction.list("patches")) {
              List<Any> parts = ((Any.Array) patch).values();
              int index = (int) ((Any.Number) parts.get(0)).value();
              text.delete(index, (int) ((Any.Number) parts.get(1)).value());
              text.insert(index, ((Any.Text) parts.get(2)).value());
            }
          });
    }
    return told.isEmpty() ? writer.encodeV1(writer.stateVector()) : told.getFirst();
  }
}
