package dev.anabranch.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Selector;

/// A socket that writes one change at a time: the next only after the answer to the last.
final class Caller extends Connection {
  private static final int ANSWER_BYTES = 16 << 10;

  private final Callers group;
  private ByteBuffer inbound = ByteBuffer.allocate(ANSWER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long sentNanos;

  Caller(
      Selector selector,
      InetAddress source,
      InetSocketAddress target,
      Callers group,
      Opening opening)
      throws IOException {
    this.group = group;
    super(selector, source, target, opening);
  }

  @Override
  void live() {
    group.idle(this);
  }

  void write(ByteBuffer write, long nanos) throws IOException {
    sentNanos = nanos;
    send(write);
    if (group.exchange() == Exchange.NONE) {
      group.answered(true, 0);
      group.idle(this);
    }
  }

  @Override
  void received(ByteBuffer buffer, int from, int to, long nanos) {
    if (group.exchange() == Exchange.NONE || from == to) {
      return;
    }
    if (inbound.position() == 0) {
      int rest = answers(buffer, from, to, nanos);
      keep(buffer, rest, to);
    } else {
      keep(buffer, from, to);
      int held = inbound.position();
      int rest = answers(inbound, 0, held, nanos);
      inbound.position(rest).limit(held);
      inbound.compact();
    }
  }

  private int answers(ByteBuffer buffer, int from, int to, long nanos) {
    Exchange exchange = group.exchange();
    int start = from;
    for (int end = exchange.end(buffer, start, to);
        end >= 0;
        end = exchange.end(buffer, start, to)) {
      if (exchange.isAnswer(buffer, start)) {
        boolean accepted = exchange.accepted(buffer, start, end);
        if (!accepted) {
          group.refusedWith(Text.excerpt(buffer, start, end));
        }
        group.answered(accepted, nanos - sentNanos);
        group.idle(this);
      }
      start = end;
      if (start == to) {
        break;
      }
    }
    return start;
  }

  private void keep(ByteBuffer buffer, int from, int to) {
    if (inbound.remaining() < to - from) {
      inbound =
          ByteBuffer.allocate(2 * (inbound.position() + to - from))
              .order(ByteOrder.LITTLE_ENDIAN)
              .put(inbound.flip());
    }
    inbound.put(inbound.position(), buffer, from, to - from);
    inbound.position(inbound.position() + to - from);
  }
}
