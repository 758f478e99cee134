package dev.anabranch.bench.integrity;

import dev.anabranch.bench.contender.AnabranchWire;
import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.load.WireSocket;
import dev.anabranch.bench.process.Pause;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A writer that numbers its writes and repeats a push, with the same keys, until it is answered.
final class ScopeWriter {
  private static final int WRITES_PER_PUSH = 20;
  private static final Duration BETWEEN = Duration.ofMillis(25);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final int writer;
  private final String scope;
  private final AnabranchWire wire;
  private final InetSocketAddress address;
  private final boolean bySocket;
  private final AtomicLong acknowledged;
  private @Nullable WireSocket socket;

  ScopeWriter(
      int writer,
      String scope,
      AnabranchWire wire,
      InetSocketAddress address,
      AtomicLong acknowledged) {
    this.writer = writer;
    this.scope = scope;
    this.wire = wire;
    this.address = address;
    this.acknowledged = acknowledged;
    this.bySocket = writer % 2 == 1;
  }

  /// Writes the numbers 1 to `count`, or stops when the trial ends.
  void write(int count, Attempts attempts) {
    for (int from = 1; from <= count && !attempts.isEnded(); from += WRITES_PER_PUSH) {
      int to = Math.min(count, from + WRITES_PER_PUSH - 1);
      String writes = writes(from, to);
      while (!attempts.isEnded() && !isAnswered(writes, to - from + 1)) {
        Pause.of(BETWEEN);
      }
    }
    drop();
  }

  private String writes(int from, int to) {
    StringBuilder writes = new StringBuilder("\"writes\":[");
    for (int number = from; number <= to; number++) {
      String fields = "\"writer\":" + writer + ",\"n\":" + number + ",\"text\":\"integrity\"";
      writes
          .append(number > from ? "," : "")
          .append(AnabranchWire.write(scope, "w" + writer + "-" + number, fields));
    }
    return writes.append("]}").toString();
  }

  private boolean isAnswered(String writes, int count) {
    try {
      JsonNode outcomes = bySocket ? pushBySocket(writes) : pushByHttp(writes);
      if (!areAllAccepted(outcomes, count)) {
        return false;
      }
      acknowledged.addAndGet(count);
      return true;
    } catch (IOException | BenchFailure e) {
      drop();
      return false;
    }
  }

  private JsonNode pushByHttp(String writes) {
    return JSON.readTree(wire.push("{\"atomic\":false," + writes)).path("outcomes");
  }

  private JsonNode pushBySocket(String writes) throws IOException {
    WireSocket open = socket;
    if (open == null) {
      open = WireSocket.open(address, "/sync");
      socket = open;
    }
    open.send("{\"type\":\"push\",\"ref\":\"r\"," + writes);
    JsonNode answer = JSON.readTree(open.next());
    if (!answer.path("type").asString("").equals("pushed")) {
      throw new IOException("a push was answered " + answer);
    }
    return answer.path("outcomes");
  }

  private void drop() {
    WireSocket open = socket;
    socket = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new BenchFailure("a socket did not close", e);
      }
    }
  }

  private static boolean areAllAccepted(JsonNode outcomes, int count) {
    int accepted = 0;
    for (JsonNode outcome : outcomes) {
      String status = outcome.path("status").asString("");
      accepted += status.equals("applied") || status.equals("duplicate") ? 1 : 0;
    }
    return accepted == count;
  }
}
