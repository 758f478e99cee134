package dev.anabranch.crdt;

/// An empty type that is to be put into another.
///
/// @param name of an XML element or hook; empty for the others
public record NewType(TypeKind kind, String name) {
  public static final NewType ARRAY = new NewType(TypeKind.ARRAY, "");
  public static final NewType MAP = new NewType(TypeKind.MAP, "");
  public static final NewType TEXT = new NewType(TypeKind.TEXT, "");
  public static final NewType XML_FRAGMENT = new NewType(TypeKind.XML_FRAGMENT, "");
  public static final NewType XML_TEXT = new NewType(TypeKind.XML_TEXT, "");

  public NewType {
    if (kind == TypeKind.UNKNOWN || kind.isNamed() == name.isEmpty()) {
      throw new IllegalArgumentException("a type of kind " + kind + " named '" + name + "'");
    }
  }

  public static NewType xmlElement(String name) {
    return new NewType(TypeKind.XML_ELEMENT, name);
  }

  public static NewType xmlHook(String name) {
    return new NewType(TypeKind.XML_HOOK, name);
  }

  TypeContent content() {
    return new TypeContent(Branch.detached(kind, name));
  }
}
