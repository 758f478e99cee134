/// The SQL that both databases share: rows to the kernel's values and back.
@NullMarked
package dev.anabranch.storage.sql;

import org.jspecify.annotations.NullMarked;
