package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateWriter;

/// Consecutive units of one client: an item, garbage, or a gap in an update.
abstract sealed class Block permits Item, Garbage, Gap {
  /// The maker; shared by all blocks of a client once they are integrated.
  ClientBlocks client;

  /// The number of the first unit.
  int clock;

  /// How many units; at least one.
  int length;

  Block(ClientBlocks client, int clock, int length) {
    this.client = client;
    this.clock = clock;
    this.length = length;
  }

  /// The clock after the last unit.
  final int end() {
    return clock + length;
  }

  final BlockId id() {
    return new BlockId(client.id, clock);
  }

  abstract boolean isDeleted();

  /// Writes the block without its first `offset` units.
  abstract void write(UpdateWriter out, int offset);

  /// Takes over the units of the block to the right, if the two can be one.
  abstract boolean mergeWith(Block right);

  /// The block without its first `count` units; this one must not be used any more.
  abstract Block without(int count);
}
