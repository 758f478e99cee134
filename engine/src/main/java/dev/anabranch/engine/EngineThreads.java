package dev.anabranch.engine;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/// What the engine runs on; all of it is the caller's.
///
/// @param writer one thread: the sequencer's
/// @param teller one thread that tells of a batch while the writer commits the next; one that runs
///   everything at once makes the writer do it
/// @param readers as many as reads may block at once
/// @param timer for waits
/// @param clock the server's time
/// @param nanos a monotonic clock for measuring, in nanoseconds
public record EngineThreads(
    Executor writer,
    Executor teller,
    Executor readers,
    Timer timer,
    InstantSource clock,
    LongSupplier nanos) {}
