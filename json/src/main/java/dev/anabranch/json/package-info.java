/// The bounded decoder of JSON: bytes that peers or disks give, into the kernel's values.
@NullMarked
package dev.anabranch.json;

import org.jspecify.annotations.NullMarked;
