package dev.anabranch.client.replica;

import dev.anabranch.kernel.log.Bytes;
import java.util.Objects;

/// An update of a document, as the server told it, or several folded into one.
///
/// @param number increasing in this copy, given once, never again to another
/// @param update Yjs's format v1
public record DocumentUpdate(long number, Bytes update) {

  public DocumentUpdate {
    Objects.requireNonNull(update, "update");
    if (number < 1) {
      throw new IllegalArgumentException("number " + number);
    }
  }
}
