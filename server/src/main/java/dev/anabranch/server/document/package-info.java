/// The rule `document` bound to the CRDT.
@NullMarked
package dev.anabranch.server.document;

import org.jspecify.annotations.NullMarked;
