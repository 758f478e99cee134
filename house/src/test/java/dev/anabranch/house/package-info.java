/// Tests that hold the architecture: arrows, seams, texts.
@NullMarked
package dev.anabranch.house;

import org.jspecify.annotations.NullMarked;
