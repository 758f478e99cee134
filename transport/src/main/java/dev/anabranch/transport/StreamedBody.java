package dev.anabranch.transport;

import dev.anabranch.link.BodyWriter;
import java.util.Optional;

/// The body of a streamed answer; compresses on the caller's thread.
final class StreamedBody implements BodyWriter {
  private final AnswerOutput output;
  private final NettyLoop loop;
  private final Optional<Gzip> gzip;

  StreamedBody(AnswerOutput output, NettyLoop loop, boolean compressed) {
    this.output = output;
    this.loop = loop;
    this.gzip = compressed ? Optional.of(new Gzip()) : Optional.empty();
  }

  @Override
  public boolean writable() {
    return output.writable();
  }

  @Override
  public boolean closed() {
    return output.over();
  }

  @Override
  public void write(byte[] bytes) {
    if (!output.over()) {
      output.enqueue(gzip.map(each -> each.write(bytes)).orElse(bytes));
    }
  }

  @Override
  public void flush() {
    if (!output.over()) {
      gzip.ifPresent(each -> output.enqueue(each.flush()));
      loop.run(output::flush);
    }
  }

  @Override
  public void finish() {
    if (!output.over()) {
      gzip.ifPresent(each -> output.enqueue(each.finish()));
      loop.run(output::finish);
    }
  }

  @Override
  public void abort() {
    loop.run(output::abort);
  }

  @Override
  public void onWritable(Runnable task) {
    loop.run(() -> output.onWritable(task));
  }
}
