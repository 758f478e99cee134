package dev.anabranch.bench.document;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.Subscription;
import dev.anabranch.crdt.TypeEvent;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.crdt.encoding.Any;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/// Measures this project's documents in the bench's own process.
///
/// Processor time of the measuring thread, median of the rounds after the first ones, which let the
/// hot paths be compiled.
final class CrdtSpeed {
  private static final String TEXT = "text";
  private static final int HELD_DOCUMENTS = 20;
  private static final int HEAP_ROUNDS = 5;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Keystrokes keystrokes;
  private final int warmUps;
  private final int rounds;
  private final List<UpdateV1> updates;
  private final UpdateV1 state;

  /// Measures with so many rounds after so many that do not count.
  CrdtSpeed(Keystrokes keystrokes, int warmUps, int rounds) {
    this.keystrokes = keystrokes;
    this.warmUps = warmUps;
    this.rounds = rounds;
    Document document = document(1);
    updates = type(document);
    state = document.encodeV1();
  }

  DocumentFigures measure() {
    List<UpdateV1> remote = updates.subList(0, DocumentFigures.REMOTE);
    return new DocumentFigures(
        millis(() -> type(document(1))),
        millis(() -> type(markedDocument())),
        millis(() -> apply(document(2), updates)),
        millis(() -> document(3).apply(state, null)),
        heapMegabytes(),
        millis(() -> apply(document(2), remote)),
        millis(() -> apply(observedDocument(), remote)),
        mergeMillis(1_000),
        mergeMillis(2_000),
        mergeMillis(4_000));
  }

  private double mergeMillis(int clients) {
    List<UpdateV1> each =
        IntStream.rangeClosed(1, clients)
            .mapToObj(client -> {
              Document document = document(client);
              document.text(TEXT).insert(0, "client " + client);
              return document.encodeV1();
            })
            .toList();
    return millis(() -> Updates.mergeV1(each));
  }

  private List<UpdateV1> type(Document document) {
    SharedText text = document.text(TEXT);
    int shift = text.length();
    List<UpdateV1> told = new ArrayList<>(keystrokes.edits().size());
    try (Subscription ignored = document.onUpdateV1(update -> told.add(update.update()))) {
      for (Keystrokes.Edit edit : keystrokes.edits()) {
        document.transact(null, transaction -> type(text, shift + edit.index(), edit));
      }
    }
    return told;
  }

  private static void type(SharedText text, int index, Keystrokes.Edit edit) {
    if (edit.deleted() > 0) {
      text.delete(index, edit.deleted());
    }
    if (!edit.inserted().isEmpty()) {
      text.insert(index, edit.inserted());
    }
  }

  private static void apply(Document document, List<UpdateV1> updates) {
    updates.forEach(update -> document.apply(update, null));
  }

  private static Document document(long client) {
    return Document.create(DocumentOptions.forEditing(new Random(client)).withClientId(client));
  }

  private static Document markedDocument() {
    Document document = document(1);
    document.text(TEXT).insert(0, "ab");
    document.text(TEXT).format(0, 1, Map.of("bold", Any.of(true)));
    return document;
  }

  private static Document observedDocument() {
    Document document = document(2);
    document.text(TEXT).observe(TypeEvent::delta);
    return document;
  }

  /// The median of some growths, for what earlier rows left may be collected meanwhile.
  private double heapMegabytes() {
    List<Document> held = new ArrayList<>();
    double[] megabytes = new double[HEAP_ROUNDS];
    for (int round = 0; round < HEAP_ROUNDS; round++) {
      long before = usedBytes();
      for (int i = 0; i < HELD_DOCUMENTS; i++) {
        Document document = document(10 + i);
        document.apply(state, null);
        held.add(document);
      }
      megabytes[round] = (usedBytes() - before) / 1e6 / HELD_DOCUMENTS;
    }
    Reference.reachabilityFence(held);
    Arrays.sort(megabytes);
    return megabytes[HEAP_ROUNDS / 2];
  }

  private static long usedBytes() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private double millis(Runnable work) {
    for (int i = 0; i < warmUps; i++) {
      work.run();
    }
    double[] millis = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long start = THREADS.getCurrentThreadCpuTime();
      work.run();
      millis[i] = (THREADS.getCurrentThreadCpuTime() - start) / 1e6;
    }
    Arrays.sort(millis);
    return millis[rounds / 2];
  }
}
