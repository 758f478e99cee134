/// What happens to a store when its process, its file, its disk or its server breaks.
@NullMarked
package dev.anabranch.storage.fault;

import org.jspecify.annotations.NullMarked;
