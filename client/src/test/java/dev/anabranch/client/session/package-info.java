@NullMarked
package dev.anabranch.client.session;

import org.jspecify.annotations.NullMarked;
