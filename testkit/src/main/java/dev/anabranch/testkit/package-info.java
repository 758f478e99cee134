/// Clocks, generators, databases and contract suites that the tests share.
@NullMarked
package dev.anabranch.testkit;

import org.jspecify.annotations.NullMarked;
