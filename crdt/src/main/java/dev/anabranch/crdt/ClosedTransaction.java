package dev.anabranch.crdt;

import java.util.List;
import java.util.Map;

/// A transaction whose observers were told.
///
/// @param changedTypes every type that changed, and every type above one, with the events
record ClosedTransaction(Transaction transaction, Map<Branch, List<TypeEvent>> changedTypes) {}
