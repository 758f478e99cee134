/// How documents are known to be right: the bytes that npm yjs makes, and laws.
@NullMarked
package dev.anabranch.crdt;

import org.jspecify.annotations.NullMarked;
