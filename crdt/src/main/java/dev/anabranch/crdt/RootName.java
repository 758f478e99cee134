package dev.anabranch.crdt;

/// A root type, by its name.
record RootName(String name) implements Parent {}
