/// The exam of local copies, and what the view makes of them.
@NullMarked
package dev.anabranch.client.replica;

import org.jspecify.annotations.NullMarked;
