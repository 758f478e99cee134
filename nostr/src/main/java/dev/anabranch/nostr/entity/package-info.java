/// Keys, events and addresses as texts for people: `npub1…` and the like (NIP-19).
@NullMarked
package dev.anabranch.nostr.entity;

import org.jspecify.annotations.NullMarked;
