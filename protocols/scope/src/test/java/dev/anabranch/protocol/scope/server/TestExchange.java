package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.BodyWriter;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.protocol.scope.wire.Vectors;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request's way back whose other end is the test.
final class TestExchange implements Exchange {
  private final Turns turns;
  private final List<Runnable> onClosed = new ArrayList<>();
  private final List<Runnable> onDraining = new ArrayList<>();
  private int status;
  private Headers headers = Headers.empty();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private @Nullable Runnable onWritable;
  private boolean full;
  private boolean slow;
  private boolean finished;
  private boolean aborted;
  private boolean gone;

  TestExchange(Turns turns) {
    this.turns = turns;
  }

  /// 0 = not answered yet.
  int status() {
    return status;
  }

  Optional<String> header(String name) {
    return headers.first(name);
  }

  Headers headers() {
    return headers;
  }

  /// What came since the last call.
  String take() {
    String text = body.toString(StandardCharsets.UTF_8);
    body.reset();
    return text;
  }

  String text() {
    return body.toString(StandardCharsets.UTF_8);
  }

  byte[] bytes() {
    return body.toByteArray();
  }

  JsonObject json() {
    return (JsonObject) Vectors.json(text());
  }

  /// The problem's code.
  String code() {
    return json().string("code").orElseThrow();
  }

  boolean finished() {
    return finished;
  }

  boolean aborted() {
    return aborted;
  }

  void fill() {
    full = true;
  }

  /// From now on whatever is written fills the way to the peer.
  void slowDown() {
    slow = true;
  }

  void drain() {
    full = false;
    Objects.requireNonNull(onWritable).run();
    turns.settle();
  }

  /// The peer goes away.
  void cut() {
    gone = true;
    onClosed.forEach(Runnable::run);
    turns.settle();
  }

  /// The server begins to stop.
  void stop() {
    onDraining.forEach(Runnable::run);
    turns.settle();
  }

  @Override
  public LinkLoop loop() {
    return turns;
  }

  @Override
  public void answer(HttpAnswer answer) {
    begin(answer.status(), answer.headers());
    body.writeBytes(answer.body());
    finished = true;
  }

  private void begin(int answered, Headers with) {
    if (status != 0) {
      throw new IllegalStateException("answered twice: " + status + ", " + answered);
    }
    status = answered;
    headers = with;
  }

  @Override
  public BodyWriter stream(int answered, Headers with) {
    begin(answered, with);
    return new BodyWriter() {
      @Override
      public boolean writable() {
        return !full;
      }

      @Override
      public boolean closed() {
        return gone || finished || aborted;
      }

      @Override
      public void write(byte[] bytes) {
        if (!closed()) {
          body.writeBytes(bytes);
          full |= slow;
        }
      }

      @Override
      public void flush() {}

      @Override
      public void finish() {
        finished = true;
      }

      @Override
      public void abort() {
        aborted = true;
      }

      @Override
      public void onWritable(Runnable task) {
        onWritable = task;
      }
    };
  }

  @Override
  public void onClosed(Runnable task) {
    onClosed.add(task);
  }

  @Override
  public void onDraining(Runnable task) {
    onDraining.add(task);
  }
}
