package dev.anabranch.storage.sqlite;

/// Where the whole log ends.
///
/// @param id of the last change; 0 = none yet
/// @param hlc the greatest hybrid logical time given
record Head(long id, long hlc) {}
