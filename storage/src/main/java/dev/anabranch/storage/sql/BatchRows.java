package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Effects;
import java.util.List;

/// What a batch writes.
///
/// @param effects changes, entities, answers, counts and the head
/// @param scopes every scope that is new or whose head moved
/// @param principals those that have no row yet
/// @param names the number of every scope and principal in it
public record BatchRows(
    Effects effects, List<ScopeRow> scopes, List<PrincipalId> principals, BatchNames names) {}
