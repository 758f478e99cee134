package dev.anabranch.transport;

import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A handler that keeps what it is told.
class Recorder implements LinkHandler {
  final Link link;
  final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  Recorder(Link link) {
    this.link = link;
  }

  @Override
  public void text(String message) {
    heard.add("text " + message);
  }

  @Override
  public void binary(byte[] message) {
    heard.add("binary " + message.length);
  }

  @Override
  public void writable() {
    heard.add("writable");
  }

  @Override
  public void closed(int code, String reason) {
    heard.add("closed " + code + " " + reason);
    closed.countDown();
  }

  String next() throws InterruptedException {
    String next = heard.poll(10, TimeUnit.SECONDS);
    return next == null ? "nothing within ten seconds" : next;
  }

  String end() throws InterruptedException {
    if (!closed.await(10, TimeUnit.SECONDS)) {
      return "not closed within ten seconds";
    }
    return heard.stream().filter(each -> each.startsWith("closed")).findFirst().orElseThrow();
  }
}
