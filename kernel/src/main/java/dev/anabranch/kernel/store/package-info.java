/// What the kernel needs of a database: load and append in one transaction, read pages.
@NullMarked
package dev.anabranch.kernel.store;

import org.jspecify.annotations.NullMarked;
