package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.AnabranchServer;
import dev.anabranch.bench.contender.AnabranchWire;
import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.process.Heap;
import dev.anabranch.bench.process.Ports;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/// Idle documents: what ten thousand of them cost a server in memory besides their encoded bytes,
/// loaded and left alone.
///
/// The server is started anew between writing and reading, so that nothing of the writing counts.
/// Counted are live objects, the median of three times ten thousand documents: what else becomes
/// resident on the way, above all the database's page cache, does not belong to the documents and
/// does not grow with them.
final class IdleDocumentsRow implements Row {
  private static final String SCOPE = "bench:idledocuments";
  private static final int DOCUMENTS = 10_000;
  private static final int ROUNDS = 3;
  private static final int ALL = ROUNDS * DOCUMENTS;
  private static final int WARM_UP = 3_000;
  private static final int TEXT_BYTES = 1_000;
  private static final int PER_PUSH = 500;
  private static final double BYTES_MAX = 200;

  @Override
  public String name() {
    return "idle-documents";
  }

  @Override
  public String title() {
    return "10,000 idle documents, memory each besides the encoded bytes";
  }

  @Override
  public Better better() {
    return Better.LESS;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    findings
        .attempt("Anabranch", () -> beside(bench, findings))
        .ifPresent(bytes ->
            findings.check(
                Numbers.text(bytes) + " B each",
                "≤ encoded bytes + 200 B each",
                bytes <= BYTES_MAX));
  }

  private static double beside(Bench bench, Findings findings) {
    Path folder = bench.folder("idle-documents");
    Anabranch anabranch = Anabranch.onSqlite();
    try (AnabranchServer writing = anabranch.launch(folder, Ports.free())) {
      for (int from = 0; from < ALL + WARM_UP; from += PER_PUSH) {
        String answer = writing.wire().push(push(from));
        if (answer.contains("refused")) {
          throw new BenchFailure("filling was answered " + answer);
        }
      }
    }
    try (AnabranchServer reading = anabranch.launch(folder, Ports.free())) {
      AnabranchWire wire = reading.wire();
      read(wire, ALL, ALL + WARM_UP);
      double[] growths = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        long before = liveBytes(reading);
        read(wire, round * DOCUMENTS, (round + 1) * DOCUMENTS);
        growths[round] = (liveBytes(reading) - before) / (double) DOCUMENTS;
      }
      int loaded = wire.metric("anabranch_document_loaded").orElse(0.0).intValue();
      if (loaded < ALL) {
        throw new BenchFailure("only " + loaded + " documents stayed in memory");
      }
      Arrays.sort(growths);
      double each = growths[ROUNDS / 2];
      double encoded = update(0).length;
      return findings
          .figure(
              "Anabranch",
              each - encoded,
              "B each",
              Numbers.text(each) + " B with the " + Numbers.text(encoded) + " of the state")
          .value();
    }
  }

  private static long liveBytes(AnabranchServer server) {
    return Heap.liveBytes(server.server()).orElseThrow();
  }

  private static void read(AnabranchWire wire, int from, int to) {
    for (int number = from; number < to; number++) {
      wire.get("/api/document/d" + number + "?scope=" + SCOPE + "&root=body:text");
    }
  }

  private static String push(int from) {
    StringBuilder writes = new StringBuilder("{\"writes\":[");
    for (int number = from; number < from + PER_PUSH; number++) {
      writes
          .append(number > from ? "," : "")
          .append("{\"key\":\"k" + number + "\",\"scope\":\"" + SCOPE)
          .append("\",\"model\":\"document\",\"action\":\"merge\",\"id\":\"d" + number)
          .append("\",\"body\":\"" + Base64.getEncoder().encodeToString(update(number)) + "\"}");
    }
    return writes.append("]}").toString();
  }

  /// An update of Yjs that puts a text into the root `body`: one client, one block, no deletion.
  private static byte[] update(int number) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {1, 1});
    putNumber(out, 1_000_000 + number);
    out.writeBytes(new byte[] {0, 4, 1});
    putText(out, "body");
    putText(out, "x".repeat(TEXT_BYTES));
    out.write(0);
    return out.toByteArray();
  }

  private static void putText(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    putNumber(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void putNumber(ByteArrayOutputStream out, int number) {
    int rest = number;
    while (rest > 127) {
      out.write((rest & 127) | 128);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
