package dev.anabranch.crdt;

/// The name of one unit of a document: who made it, and as which of its maker's units.
///
/// @param client the maker's client id, below 2^53
/// @param clock the unit's number among its maker's, from 0
public record BlockId(long client, int clock) implements Parent {}
