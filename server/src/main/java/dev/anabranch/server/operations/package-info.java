/// What an operator watches and bounds: figures, logs, rates, retention, health.
@NullMarked
package dev.anabranch.server.operations;

import org.jspecify.annotations.NullMarked;
