package dev.anabranch.bench.report;

/// A bar and what was reached.
///
/// @param reached the ratio or number, with what it is compared to
/// @param bar what was wanted
/// @param met whether it was reached
public record Check(String reached, String bar, boolean met) {}
