/// One address, many protocols: the first frame of a link decides who serves it.
@NullMarked
package dev.anabranch.link.door;

import org.jspecify.annotations.NullMarked;
