package dev.anabranch.server.configuration;

/// A value as it was written, and by what.
///
/// @param value a TOML value (text, whole number, boolean, list, table), or the text of a flag or
///   an environment variable
/// @param origin where the operator finds it: a file's name, a variable's name, a flag
record Sourced(Object value, String origin) {}
