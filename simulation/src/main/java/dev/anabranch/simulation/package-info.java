/// Seeded time, network and disks, with each law checked at the event that decides it.
///
/// A run is one thread that plays all parts. [dev.anabranch.simulation.Scheduler] is the time;
/// whatever happens is an event in it, and a seed decides when: a thread's next task, a message's
/// arrival, a crash, a torn write. The server's engine runs as it is, over the reference store on a
/// simulated disk, and devices run the client's own session over a local copy on disks of their
/// own; so whatever goes wrong goes wrong again with the same seed.
///
/// [dev.anabranch.simulation.EventLaws] judges commits, answers and what is told as they happen,
/// [dev.anabranch.simulation.Inspection] the whole store now and then and at rest (decision 0107).
///
/// In the first part of a run things break; then faults stop and everything must come to rest: all
/// queues empty, all followers at the head, all copies equal to the server's state.
@NullMarked
package dev.anabranch.simulation;

import org.jspecify.annotations.NullMarked;
