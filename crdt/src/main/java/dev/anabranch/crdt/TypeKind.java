package dev.anabranch.crdt;

/// The kinds of shared types, with their numbers in the update formats.
public enum TypeKind {
  ARRAY(0),
  MAP(1),
  TEXT(2),
  XML_ELEMENT(3),
  XML_FRAGMENT(4),
  XML_HOOK(5),
  XML_TEXT(6),
  /// A root that arrived in an update and that nobody has asked for by kind.
  UNKNOWN(-1);

  private static final TypeKind[] BY_REFERENCE = values();

  private final int reference;

  TypeKind(int reference) {
    this.reference = reference;
  }

  int reference() {
    return reference;
  }

  boolean isNamed() {
    return this == XML_ELEMENT || this == XML_HOOK;
  }

  boolean isText() {
    return this == TEXT || this == XML_TEXT;
  }

  static boolean isReference(int reference) {
    return reference >= 0 && reference < UNKNOWN.ordinal();
  }

  static TypeKind ofReference(int reference) {
    return BY_REFERENCE[reference];
  }
}
