package dev.anabranch.link;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A streamed answer as an [OutputStream] that blocks while the peer is slow: for virtual threads,
/// never for a loop.
///
/// Bytes are collected into pieces of 16 KiB. Writing after the peer has gone throws [IOException];
/// closing finishes the answer, so a writer that fails midway must call [BodyWriter#abort] instead.
public final class BodyOutput extends OutputStream {
  private static final int PIECE_BYTES = 16_384;

  private final BodyWriter body;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final byte[] piece = new byte[PIECE_BYTES];
  private int filled;
  private boolean ended;

  /// Takes over the writer's [BodyWriter#onWritable], and the exchange's [Exchange#onClosed] so
  /// that no writer waits for ever.
  public BodyOutput(Exchange exchange, BodyWriter body) {
    this.body = body;
    body.onWritable(this::wake);
    exchange.onClosed(this::wake);
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int step = Math.min(length - done, PIECE_BYTES - filled);
      System.arraycopy(bytes, offset + done, piece, filled, step);
      filled += step;
      done += step;
      if (filled == PIECE_BYTES) {
        sendPiece();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    sendPiece();
    body.flush();
  }

  @Override
  public void close() throws IOException {
    if (!ended) {
      ended = true;
      sendPiece();
      body.finish();
    }
  }

  private void sendPiece() throws IOException {
    if (filled == 0) {
      return;
    }
    awaitRoom();
    body.write(Arrays.copyOf(piece, filled));
    filled = 0;
  }

  private void awaitRoom() throws IOException {
    lock.lock();
    try {
      while (!body.writable() && !body.closed()) {
        room.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the peer was slow", e);
    } finally {
      lock.unlock();
    }
    if (body.closed()) {
      throw new IOException("the peer has gone");
    }
  }

  private void wake() {
    lock.lock();
    try {
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
