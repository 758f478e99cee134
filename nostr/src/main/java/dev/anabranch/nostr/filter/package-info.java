/// Filters: which events somebody asks for (NIP-01, NIP-50, NIP-91).
@NullMarked
package dev.anabranch.nostr.filter;

import org.jspecify.annotations.NullMarked;
