package dev.anabranch.bench.load;

import java.util.List;

/// Callers that are live.
public final class CallerGroup implements AutoCloseable {
  private final LoadLoop loop;
  private final Callers callers;
  private final List<Caller> sockets;

  CallerGroup(LoadLoop loop, Callers callers, List<Caller> sockets) {
    this.loop = loop;
    this.callers = callers;
    this.sockets = sockets;
  }

  Callers callers() {
    return callers;
  }

  @Override
  public void close() {
    loop.close(sockets);
  }
}
