/// The small contracts between a session and its connection.
@NullMarked
package dev.anabranch.link;

import org.jspecify.annotations.NullMarked;
