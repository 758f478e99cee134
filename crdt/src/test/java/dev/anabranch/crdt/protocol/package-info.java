/// Messages compared with those of y-protocols 1.0.7.
@NullMarked
package dev.anabranch.crdt.protocol;

import org.jspecify.annotations.NullMarked;
