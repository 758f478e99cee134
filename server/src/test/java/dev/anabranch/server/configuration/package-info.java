/// Every setting, every mistake and the sentence it gets.
@NullMarked
package dev.anabranch.server.configuration;

import org.jspecify.annotations.NullMarked;
