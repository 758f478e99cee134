/// What is known of each model: its rule, its limits, who may write it.
@NullMarked
package dev.anabranch.kernel.model;

import org.jspecify.annotations.NullMarked;
