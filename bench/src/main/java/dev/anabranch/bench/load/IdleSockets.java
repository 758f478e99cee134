package dev.anabranch.bench.load;

import dev.anabranch.bench.process.Heap;
import dev.anabranch.bench.process.Pause;
import dev.anabranch.bench.process.ServerProcess;
import java.time.Duration;
import java.util.function.IntFunction;

/// What sockets cost a server that say nothing and are told nothing.
///
/// Growth of live objects and of what is resident outside the heap, after full collections; the
/// kernel's socket buffers do not belong to the process and do not count.
///
/// @param open how many of them stayed open
/// @param kilobytesEach growth by one of them, 10³ bytes
/// @param residentBefore resident memory without them, 10⁶ bytes
/// @param residentAfter the same with them
public record IdleSockets(
    long open, double kilobytesEach, double residentBefore, double residentAfter) {
  private static final int WARM_UP_SOCKETS = 2_000;
  private static final Duration SETTLING = Duration.ofSeconds(1);

  /// Opens `count` sockets after some that are closed again.
  ///
  /// @param readers the plan of so many
  public static IdleSockets measure(
      ServerProcess server, LoadLoop loop, int count, IntFunction<Readers> readers) {
    loop.open(readers.apply(WARM_UP_SOCKETS)).close();
    Pause.of(SETTLING);
    double before = Heap.neededBytes(server) / 1e3;
    double residentBefore = server.figures().residentMegabytes();
    try (ReaderGroup sockets = loop.open(readers.apply(count))) {
      Pause.of(SETTLING);
      double after = Heap.neededBytes(server) / 1e3;
      double residentAfter = server.figures().residentMegabytes();
      return new IdleSockets(
          sockets.live(), (after - before) / count, residentBefore, residentAfter);
    }
  }
}
