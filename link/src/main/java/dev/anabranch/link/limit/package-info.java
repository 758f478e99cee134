/// How much one peer may ask for in a time; pure, time is a parameter.
@NullMarked
package dev.anabranch.link.limit;

import org.jspecify.annotations.NullMarked;
