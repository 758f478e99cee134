/// A device's local copy: what the server last said, and on top of it what this device wrote and
/// the server has not confirmed yet.
///
/// Everything that must survive a kill stands behind [dev.anabranch.client.replica.ReplicaStore];
/// what the user sees is computed by [dev.anabranch.client.replica.Overlay] and stored nowhere.
@NullMarked
package dev.anabranch.client.replica;

import org.jspecify.annotations.NullMarked;
