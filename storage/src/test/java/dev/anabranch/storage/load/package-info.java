/// How fast the stores take batches; a program to run by hand, not a test.
@NullMarked
package dev.anabranch.storage.load;

import org.jspecify.annotations.NullMarked;
