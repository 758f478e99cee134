/// The bytes of documents: variable-length numbers, strings, values, run-length columns, and the
/// two update formats built of them.
///
/// Everything that reads bounds each count by the bytes that are left before it allocates, and
/// answers bad input with [dev.anabranch.crdt.encoding.MalformedUpdate] only. Source: lib0 and Yjs
/// 13.6.
@NullMarked
package dev.anabranch.crdt.encoding;

import org.jspecify.annotations.NullMarked;
