@NullMarked
package dev.anabranch.client.replica;

import org.jspecify.annotations.NullMarked;
