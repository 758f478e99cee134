/// Rates, figures, logs, retention.
@NullMarked
package dev.anabranch.server.operations;

import org.jspecify.annotations.NullMarked;
