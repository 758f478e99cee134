package dev.anabranch.crdt;

/// What a transaction changed, ready to be sent.
///
/// @param <U> the format
public record TransactionUpdate<U extends Update>(U update, Transaction transaction) {}
