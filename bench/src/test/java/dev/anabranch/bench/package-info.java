@NullMarked
package dev.anabranch.bench;

import org.jspecify.annotations.NullMarked;
