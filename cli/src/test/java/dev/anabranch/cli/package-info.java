/// Every command in this process and the server as a process of its own.
@NullMarked
package dev.anabranch.cli;

import org.jspecify.annotations.NullMarked;
