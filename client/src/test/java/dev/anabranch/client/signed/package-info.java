/// Tests of signed entities' client.
@NullMarked
package dev.anabranch.client.signed;

import org.jspecify.annotations.NullMarked;
