/// How concurrent writes to one entity settle: one small pure class for each merge rule.
@NullMarked
package dev.anabranch.kernel.rule;

import org.jspecify.annotations.NullMarked;
