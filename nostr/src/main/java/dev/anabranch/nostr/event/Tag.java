package dev.anabranch.nostr.event;

import java.util.List;

/// One tag of an event: a name and what belongs to it.
///
/// @param values at least one; the first is the name, the second the value that filters see
public record Tag(List<String> values) {

  public Tag {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a tag has a name");
    }
  }

  /// A tag of a name and what belongs to it.
  public static Tag of(String... values) {
    return new Tag(List.of(values));
  }

  /// Its name.
  public String name() {
    return values.getFirst();
  }

  /// Its value: the second element, empty when there is none.
  public String value() {
    return values.size() > 1 ? values.get(1) : "";
  }

  /// Whether it has a value.
  public boolean hasValue() {
    return values.size() > 1;
  }

  /// The element at an index, empty when there is none.
  public String at(int index) {
    return index < values.size() ? values.get(index) : "";
  }

  /// Whether it is called so.
  public boolean is(String name) {
    return name().equals(name);
  }

  /// Whether filters can ask for it: one letter of the alphabet, and a value.
  public boolean isIndexed() {
    return hasValue() && name().length() == 1 && isLetter(name().charAt(0));
  }

  /// Whether a tag of this name is one that filters know.
  public static boolean isLetter(char name) {
    return (name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z');
  }
}
