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
  /// A Nostr relay's `OK` answers one event; the flag `true` in it means yes.
  NOSTR_EVENT {
    @Override
    int end(ByteBuffer buffer, int from, int to) {
      return WebSocketText.end(buffer, from, to);
    }

    @Override
    boolean isAnswer(ByteBuffer buffer, int from) {
      return isMessage(buffer, from, OK);
    }

    @Override
    boolean accepted(ByteBuffer buffer, int from, int to) {
      return Text.indexOf(buffer, from, to, YES) >= 0;
    }
  },
  /// A Nostr relay's `EOSE` or `CLOSED` ends the answer to one request, which the events before it
  /// belong to; `EOSE` means yes.
  NOSTR_REQUEST {
    @Override
    int end(ByteBuffer buffer, int from, int to) {
      return WebSocketText.end(buffer, from, to);
    }

    @Override
    boolean isAnswer(ByteBuffer buffer, int from) {
      return isMessage(buffer, from, EOSE) || isMessage(buffer, from, CLOSED);
    }

    @Override
    boolean accepted(ByteBuffer buffer, int from, int to) {
      return isMessage(buffer, from, EOSE);
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

  private static final byte[] APPLIED = ascii("\"applied\"");
  private static final byte[] OK = ascii("[\"OK\"");
  private static final byte[] YES = ascii(",true");
  private static final byte[] EOSE = ascii("[\"EOSE\"");
  private static final byte[] CLOSED = ascii("[\"CLOSED\"");

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  // The shortest of these messages is longer than what is compared; a control frame may not be.
  private static boolean isMessage(ByteBuffer buffer, int from, byte[] beginning) {
    int payload = WebSocketText.payload(buffer, from);
    return WebSocketText.isData(buffer, from)
        && buffer.limit() - payload >= beginning.length
        && Text.startsWith(buffer, payload, beginning);
  }

  /// Where the answer at `from` ends, or -1 while it is not whole.
  abstract int end(ByteBuffer buffer, int from, int to);

  /// Whether what stands at `from` answers a write, rather than a ping.
  abstract boolean isAnswer(ByteBuffer buffer, int from);

  /// Whether the answer in `[from, to)` says yes.
  abstract boolean accepted(ByteBuffer buffer, int from, int to);
}
