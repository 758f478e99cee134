package dev.anabranch.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// How a caller knows that its write was answered, and how.
public enum Exchange {
  /// One WebSocket data frame answers one write; `"applied"` in it means yes.
  WEB_SOCKET {
    @Override
    int end(ByteBuffer buffer, int from, int to) {
      return WebSocketText.end(buffer, from, to);
    }

    @Override
    boolean isAnswer(ByteBuffer buffer, int from) {
      return WebSocketText.isData(buffer, from);
    }

    @Override
    boolean accepted(ByteBuffer buffer, int from, int to) {
      return Text.indexOf(buffer, from, to, APPLIED) >= 0;
    }
  },
  /// One HTTP response answers one write; a status 200–299 means yes.
  HTTP {
    @Override
    int end(ByteBuffer buffer, int from, int to) {
      return HttpResponse.end(buffer, from, to);
    }

    @Override
    boolean isAnswer(ByteBuffer buffer, int from) {
      return true;
    }

    @Override
    boolean accepted(ByteBuffer buffer, int from, int to) {
      return buffer.get(from + HttpResponse.STATUS_OFFSET) == '2';
    }
  },
  /// Nothing answers: what was sent counts as accepted, and what comes back is thrown away.
  NONE {
    @Override
    int end(ByteBuffer buffer, int from, int to) {
      return to;
    }

    @Override
    boolean isAnswer(ByteBuffer buffer, int from) {
      return false;
    }

    @Override
    boolean accepted(ByteBuffer buffer, int from, int to) {
      return true;
    }
  };

  private static final byte[] APPLIED = "\"applied\"".getBytes(StandardCharsets.US_ASCII);

  /// Where the answer at `from` ends, or -1 while it is not whole.
  abstract int end(ByteBuffer buffer, int from, int to);

  /// Whether what stands at `from` answers a write, rather than a ping.
  abstract boolean isAnswer(ByteBuffer buffer, int from);

  /// Whether the answer in `[from, to)` says yes.
  abstract boolean accepted(ByteBuffer buffer, int from, int to);
}
