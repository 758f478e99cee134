package dev.anabranch.storage.sql;

/// Where the whole log ends.
///
/// @param id of the last change; 0 = none yet
/// @param hlc the greatest hybrid logical time given
public record Head(long id, long hlc) {}
