/// Who may do what: principals' authority and grants, asked through one Authorizer.
@NullMarked
package dev.anabranch.kernel.grant;

import org.jspecify.annotations.NullMarked;
