package dev.anabranch.transport;

import dev.anabranch.link.BodyWriter;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.LinkLoop;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One request's answer, from any thread onto the loop.
final class HttpExchange implements Exchange {
  /// Bodies up to this size are written in one piece with their head.
  private static final int SMALL_BYTES = 16_384;

  private static final byte[] NOTHING = {};

  private final ServerContext server;
  private final RequestTraits request;
  private final AnswerHeads heads;
  private final NettyLoop loop;
  private final AnswerOutput output;
  private final AnswerOutput.End end;
  private final BodyRoom.@Nullable Share body;
  private final AtomicBoolean answered = new AtomicBoolean();
  private final List<Runnable> onClosed = new ArrayList<>(0);
  private final List<Runnable> onDraining = new ArrayList<>(0);
  private volatile int status;
  private boolean ended;
  private boolean whole;
  private boolean bodiless;

  /// @param body what the request's body holds of the room for all, given back with the answer
  HttpExchange(
      ServerContext server,
      RequestTraits request,
      BodyRoom.@Nullable Share body,
      AnswerHeads heads,
      ChannelHandlerContext context,
      NettyLoop loop,
      AnswerOutput.End end) {
    this.server = server;
    this.request = request;
    this.body = body;
    this.heads = heads;
    this.loop = loop;
    this.end = end;
    this.output = new AnswerOutput(context, loop, server.http(), this::ended);
  }

  @Override
  public LinkLoop loop() {
    return loop;
  }

  @Override
  public void answer(HttpAnswer answer) {
    claim(answer.status());
    boolean gzip = AnswerHeads.gzip(request, answer);
    byte[] body = gzip ? Gzip.whole(answer.body()) : answer.body();
    loop.run(() -> write(answer, gzip, body));
  }

  @Override
  public BodyWriter stream(int streamStatus, Headers headers) {
    claim(streamStatus);
    boolean gzip = AnswerHeads.gzip(request, headers) && !request.head();
    loop.run(() -> begin(streamStatus, headers, gzip));
    return new StreamedBody(output, loop, gzip);
  }

  @Override
  public void onClosed(Runnable task) {
    loop.run(() -> {
      if (!ended) {
        onClosed.add(task);
      } else if (!whole) {
        task.run();
      }
    });
  }

  @Override
  public void onDraining(Runnable task) {
    loop.run(() -> {
      if (ended) {
        return;
      }
      if (server.draining().get()) {
        task.run();
      } else {
        onDraining.add(task);
      }
    });
  }

  /// The server is stopping; on the loop.
  void drain() {
    List<Runnable> tasks = List.copyOf(onDraining);
    onDraining.clear();
    tasks.forEach(Runnable::run);
  }

  /// Answers unless that has happened already.
  ///
  /// @return whether it had not
  boolean answerIfNone(HttpAnswer answer) {
    if (answered.get()) {
      return false;
    }
    answer(answer);
    return true;
  }

  int status() {
    return status;
  }

  AnswerOutput output() {
    return output;
  }

  private void claim(int claimedStatus) {
    if (!answered.compareAndSet(false, true)) {
      throw new IllegalStateException("a request is answered once; this was " + status);
    }
    status = claimedStatus;
    dropBody();
  }

  private void dropBody() {
    if (body != null) {
      body.giveBack();
    }
  }

  private void write(HttpAnswer answer, boolean gzip, byte[] body) {
    var head = heads.whole(request, answer.status(), answer.headers(), gzip, body.length);
    if (request.head() || body.length <= SMALL_BYTES) {
      output.only(head, request.head() ? NOTHING : body);
      return;
    }
    output.begin(head);
    output.enqueue(body);
    output.finish();
  }

  private void begin(int streamStatus, Headers headers, boolean gzip) {
    var head = heads.stream(request, streamStatus, headers, gzip);
    if (request.head()) {
      bodiless = true;
      output.only(head, NOTHING);
      return;
    }
    output.begin(head);
    output.flush();
  }

  private void ended(boolean everything) {
    ended = true;
    dropBody();
    whole = everything && !bodiless;
    end.ended(everything);
    if (!whole) {
      onClosed.forEach(Runnable::run);
    }
    onClosed.clear();
    onDraining.clear();
  }
}
