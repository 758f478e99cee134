package dev.anabranch.cli.folder;

import dev.anabranch.kernel.store.Effects;

/// A change on its way from one log into another.
///
/// @param logged the change and the hash of its write
/// @param counted how far the change's device has counted in its scope: further than its changes
///   when the last answers it got changed nothing
record ExportedChange(Effects.Logged logged, long counted) {}
