package dev.anabranch.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Just enough of HTTP/1.1 to know where a response ends (RFC 9112, 6.3).
final class HttpResponse {
  /// Where the status code stands in `HTTP/1.1 200`.
  static final int STATUS_OFFSET = 9;

  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LENGTH = "\ncontent-length:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CHUNKED =
      "\ntransfer-encoding: chunked".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private HttpResponse() {}

  /// Where the head ends, behind its empty line, or -1.
  static int headEnd(ByteBuffer buffer, int from, int to) {
    int end = Text.indexOf(buffer, from, to, HEAD_END);
    return end < 0 ? -1 : end + HEAD_END.length;
  }

  /// The status code of the response at `from`.
  static int status(ByteBuffer buffer, int from) {
    int status = 0;
    for (int digit = 0; digit < 3; digit++) {
      status = status * 10 + buffer.get(from + STATUS_OFFSET + digit) - '0';
    }
    return status;
  }

  /// Where the response at `from` ends, or -1 while it is not whole.
  static int end(ByteBuffer buffer, int from, int to) {
    int head = headEnd(buffer, from, to);
    if (head < 0) {
      return -1;
    }
    int length = Text.indexOfIgnoringCase(buffer, from, head, LENGTH);
    if (length >= 0) {
      int end = head + number(buffer, length + LENGTH.length);
      return end <= to ? end : -1;
    }
    if (Text.indexOfIgnoringCase(buffer, from, head, CHUNKED) >= 0) {
      return chunkedEnd(buffer, head, to);
    }
    return head;
  }

  // Answers to writes are a few hundred bytes of JSON, in which a lone zero line cannot stand.
  private static int chunkedEnd(ByteBuffer buffer, int head, int to) {
    int last = Text.indexOf(buffer, head, to, LAST_CHUNK);
    return last < 0 ? -1 : last + LAST_CHUNK.length;
  }

  private static int number(ByteBuffer buffer, int at) {
    int index = at;
    while (buffer.get(index) == ' ') {
      index++;
    }
    int value = 0;
    for (; Character.isDigit(buffer.get(index)); index++) {
      value = value * 10 + buffer.get(index) - '0';
    }
    return value;
  }
}
