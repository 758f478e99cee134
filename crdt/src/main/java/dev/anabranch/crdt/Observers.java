package dev.anabranch.crdt;

import java.util.List;

/// Who watches a type, and who watches it with all that is in it.
final class Observers {
  final Listeners<TypeEvent> own = new Listeners<>();
  final Listeners<List<TypeEvent>> deep = new Listeners<>();
}
