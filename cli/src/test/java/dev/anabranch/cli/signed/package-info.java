/// The Java client of signed entities against a real server.
@NullMarked
package dev.anabranch.cli.signed;

import org.jspecify.annotations.NullMarked;
