/// Numbers, values and JSON as JavaScript writes them.
@NullMarked
package dev.anabranch.crdt.encoding;

import org.jspecify.annotations.NullMarked;
