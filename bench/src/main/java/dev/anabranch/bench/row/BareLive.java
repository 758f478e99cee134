package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.PlainBroadcast;
import dev.anabranch.bench.contender.Running;
import dev.anabranch.bench.load.CallerGroup;
import dev.anabranch.bench.load.Load;
import dev.anabranch.bench.load.LoadLoop;
import dev.anabranch.bench.load.LoadResult;
import dev.anabranch.bench.load.Pace;
import dev.anabranch.bench.load.ReaderGroup;
import dev.anabranch.bench.load.Readers;
import dev.anabranch.bench.load.WriteTemplate;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Settings;

/// What no relay can pass on this machine: as many bytes, as often, to as many sockets, from a bare
/// broadcast that neither verifies nor stores nor answers anything.
///
/// @param bench where it is measured
/// @param perSecond broadcasts a second
/// @param count broadcasts that are measured, after a second of others
record BareLive(Bench bench, int perSecond, int count) {
  private static final String SCOPE = "bench:live";
  private static final int WEB_SOCKET_HEAD_BYTES = 4;
  private static final long MEASURED_FROM = 1_000_000_000;

  /// Broadcasts what takes so many bytes on the wire.
  LoadResult of(double wireBytes) {
    int bytes = (int) Math.round(wireBytes) - WEB_SOCKET_HEAD_BYTES;
    try (Running running = PlainBroadcast.netty().launch(bench.folder("relay-limit"));
        LoadLoop loop = LoadLoop.to(running.server().address());
        ReaderGroup readers =
            loop.open(Readers.timed(Settings.SUBSCRIBERS, running.reader(SCOPE)));
        CallerGroup writers = loop.open(1, running.writer(SCOPE), running.exchange())) {
      WriteTemplate writes = running.writes(SCOPE, bytes);
      Pace pace = Pace.rate(perSecond);
      loop.run(Load.of(writes, pace, perSecond), writers, readers);
      return loop.run(Load.of(writes.from(MEASURED_FROM), pace, count), writers, readers);
    }
  }
}
