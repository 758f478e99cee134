/// Bytes to the kernel's Json value and back.
@NullMarked
package dev.anabranch.json;

import org.jspecify.annotations.NullMarked;
