/// What a run measures with: its settings, its folder and its database server.
@NullMarked
package dev.anabranch.bench.setting;

import org.jspecify.annotations.NullMarked;
