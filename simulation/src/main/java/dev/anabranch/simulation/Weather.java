package dev.anabranch.simulation;

import java.util.random.RandomGenerator;

/// How rough a run is; each seed has its own weather.
///
/// @param withManyFollowers whether the kernel's own followers are many, beside the devices that
///   speak the protocol
/// @param latencyMillisMax the longest way of a message
/// @param laneMillisMax the longest time between two tasks of a lane
/// @param lossPercent of requests and answers that get lost
/// @param duplicationPercent of requests that arrive twice
/// @param cutMillis about how often a connection is cut; 0 = never
/// @param crashMillis about how often the server's power fails; 0 = never
/// @param diskTroubleMillis about how often the disk fails for a while; 0 = never
/// @param clientCrashMillis about how often a client's power fails; 0 = never
/// @param thinkMillisMax the longest time between two calls of a writer
/// @param floorMillis about how often a floor is raised; 0 = never
/// @param grantMillis about how often somebody's rights change; 0 = never
record Weather(
    boolean withManyFollowers,
    long latencyMillisMax,
    long laneMillisMax,
    int lossPercent,
    int duplicationPercent,
    long cutMillis,
    long crashMillis,
    long diskTroubleMillis,
    long clientCrashMillis,
    long thinkMillisMax,
    long floorMillis,
    long grantMillis) {

  static Weather of(RandomGenerator random) {
    return new Weather(
        random.nextInt(4) > 0,
        1 + random.nextInt(200),
        random.nextInt(4) > 0 ? 2 : 300,
        random.nextBoolean() ? 0 : random.nextInt(30),
        random.nextBoolean() ? 0 : random.nextInt(30),
        sometimes(random, 500, 5_000),
        sometimes(random, 1_000, 8_000),
        sometimes(random, 1_000, 8_000),
        sometimes(random, 1_000, 8_000),
        20 + random.nextInt(400),
        sometimes(random, 500, 5_000),
        sometimes(random, 300, 3_000));
  }

  private static long sometimes(RandomGenerator random, int from, int to) {
    return random.nextInt(3) == 0 ? 0 : random.nextInt(from, to);
  }
}
