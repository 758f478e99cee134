@NullMarked
package dev.anabranch.client;

import org.jspecify.annotations.NullMarked;
