package dev.anabranch.crdt;

/// Where an item belongs: the shared type itself, or what names it before the item is integrated.
sealed interface Parent permits Branch, BlockId, RootName {}
