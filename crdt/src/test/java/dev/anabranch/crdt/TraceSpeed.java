package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Prints how many milliseconds of CPU a trace takes: `java … TraceSpeed <trace.json.gz> [rounds]`.
///
/// Not a test: times are compared by people, on a quiet machine, after the first rounds.
final class TraceSpeed {
  private final EditingTrace trace;
  private List<UpdateV1> updates = List.of();
  private UpdateV1 state = EditingTrace.document(1).encodeV1();

  private TraceSpeed(EditingTrace trace) {
    this.trace = trace;
  }

  public static void main(String[] arguments) throws IOException {
    try (InputStream gzip = Files.newInputStream(Path.of(arguments[0]))) {
      TraceSpeed speed = new TraceSpeed(EditingTrace.read(gzip));
      int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 8;
      for (int round = 0; round < rounds; round++) {
        speed.round();
      }
    }
  }

  private void round() {
    measure("typed", this::type);
    measure("typed with a mark", this::typeMarked);
    measure("applied one by one", () -> apply(false));
    measure("applied and observed", () -> apply(true));
    measure("loaded", () -> EditingTrace.document(3).apply(state, null));
    System.out.println();
  }

  private void type() {
    Document document = EditingTrace.document(1);
    updates = trace.typeInto(document);
    state = document.encodeV1();
  }

  private void typeMarked() {
    Document document = EditingTrace.document(1);
    document.text("text").insert(0, "ab");
    document.text("text").format(0, 1, Map.of("bold", Any.of(true)));
    trace.typeInto(document);
  }

  private void apply(boolean observed) {
    Document document = EditingTrace.document(2);
    if (observed) {
      document.text("text").observe(TypeEvent::delta);
    }
    updates.forEach(update -> document.apply(update, null));
  }

  private static void measure(String what, Runnable work) {
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    work.run();
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
    System.out.printf("%s %.1f ms  ", what, nanos / 1e6);
  }
}
