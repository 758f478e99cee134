/// A device's local copy, its offline queue and its way back.
@NullMarked
package dev.anabranch.client;

import org.jspecify.annotations.NullMarked;
