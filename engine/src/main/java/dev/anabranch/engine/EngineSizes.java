package dev.anabranch.engine;

/// What the engine holds just now, beside [EngineLimits] (K11).
///
/// @param queueWrites writes waiting for the writer
/// @param queueBytes about how many bytes these have
/// @param laneChanges committed changes that wait for the lane with most of them
/// @param laneBytes about how many bytes wait for the lane with most of them
/// @param present places in which somebody is present
/// @param heads scopes whose heads are at hand
public record EngineSizes(
    long queueWrites, long queueBytes, long laneChanges, long laneBytes, int present, int heads) {}
