/// The index over changes that carry a signed original: newest first, by author, kind, tag and
/// word.
///
/// A mark is a pure function of its change. It holds the beginnings of names (64 bits of them) and
/// not the names: what the index finds are candidates, in order and complete, and whoever asked
/// looks at the originals themselves.
@NullMarked
package dev.anabranch.kernel.mark;

import org.jspecify.annotations.NullMarked;
