package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;

/// How far a device's own counting in a scope has come.
///
/// @param scope where
/// @param device who counts
/// @param principal whose device it is: the one that first wrote with it
/// @param n the count of its last write that got a final answer: applied, conflict, or a refusal
///   that is remembered
/// @param base the highest base it claimed; it never goes back
public record DeviceState(
    ScopeName scope, DeviceId device, PrincipalId principal, long n, long base) {}
