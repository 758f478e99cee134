package dev.anabranch.simulation;

import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineSizes;
import dev.anabranch.testkit.promise.K11Bounds;
import java.util.List;

/// K11 in a run: what the engine, its followers, the links and the devices hold, looked at after
/// every event.
final class Bounds {

  private static final String ANNOUNCED = "changes told at once";
  private static final String UNACKNOWLEDGED = "announcements that a follower has not taken";
  private static final String OUTBOX = "bytes in a link's outbox";

  /// The high water, a page that was begun below it – as JSON, which takes about twice the bytes –
  /// and the answer to a push.
  private static final int OUTBOX_BYTES_MAX =
      SimulatedLink.HIGH_WATER_BYTES
          + 2 * SimulatedServer.LIMITS.catchUpPage().bytesMax()
          + SimulatedServer.SCOPE_LIMITS.session().answerBytesMax();

  private static final EngineSizes NOTHING = new EngineSizes(0, 0, 0, 0, 0, 0);

  private final K11Bounds law = new K11Bounds();
  private final SimulatedServer server;
  private EngineSizes engine = NOTHING;

  Bounds(SimulatedServer server, List<Device> devices) {
    this.server = server;
    EngineLimits limits = SimulatedServer.LIMITS;
    law.watch("writes that wait", () -> engine.queueWrites(), limits.queueWritesMax());
    law.watch("bytes of writes that wait", () -> engine.queueBytes(), limits.queueBytesMax());
    law.watch("changes in a lane", () -> engine.laneChanges(), limits.laneChangesMax());
    law.watch("bytes of changes in a lane", () -> engine.laneBytes(), limits.laneBytesMax());
    law.watch("places somebody is present in", () -> engine.present(), limits.presenceMax());
    law.watch("heads at hand", () -> engine.heads(), limits.headsMax());
    law.watch("a device's pending writes", () -> mostPending(devices), Device.LIMITS.pendingMax());
    law.watch(
        ANNOUNCED, Math.max(limits.announcementChangesMax(), limits.catchUpPage().countMax()));
    law.watch(UNACKNOWLEDGED, FollowerSession.UNACKNOWLEDGED_MAX);
    law.watch(OUTBOX, OUTBOX_BYTES_MAX);
  }

  private static int mostPending(List<Device> devices) {
    int most = 0;
    for (Device device : devices) {
      most = Math.max(most, device.pendingCount());
    }
    return most;
  }

  void look() {
    SimulatedServer.Process process = server.process();
    engine = process == null ? NOTHING : process.engine.sizes();
    law.look();
  }

  void tellsAFollower(int unacknowledged, int changes) {
    law.saw(UNACKNOWLEDGED, unacknowledged);
    law.saw(ANNOUNCED, changes);
  }

  void fillsAnOutbox(int bytes) {
    law.saw(OUTBOX, bytes);
  }

  List<String> broken() {
    return law.broken();
  }
}
