/// The demos, played for real.
@NullMarked
package dev.anabranch.cli.demo;

import org.jspecify.annotations.NullMarked;
