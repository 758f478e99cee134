package dev.anabranch.simulation;

import dev.anabranch.engine.EngineLimits;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.testkit.SimulatedDisk;

/// A kernel broken on purpose, to see that the laws notice.
interface Sabotage {

  /// Nothing is broken.
  Sabotage NONE = new Sabotage() {};

  /// The disk, perhaps with a flaw.
  default SimulatedDisk disk(SimulatedDisk disk) {
    return disk;
  }

  /// A device's disk, perhaps with a flaw.
  default SimulatedDisk deviceDisk(SimulatedDisk disk) {
    return disk;
  }

  /// The store, perhaps with a flaw.
  default Store store(Store store, World world) {
    return store;
  }

  /// The engine's limits, perhaps others than it says.
  default EngineLimits limits(EngineLimits limits) {
    return limits;
  }

  /// The kernel, perhaps with a flaw.
  default Kernel kernel(Kernel kernel, World world) {
    return kernel;
  }
}
