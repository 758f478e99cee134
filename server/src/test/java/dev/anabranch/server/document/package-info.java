/// Tests of documents as the server merges them.
@NullMarked
package dev.anabranch.server.document;

import org.jspecify.annotations.NullMarked;
