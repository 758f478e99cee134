package dev.anabranch.link;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// What an [Outbox] sends: one message ([PlainFrame]), or messages encoded once for many outboxes
/// ([SharedFrame]).
///
/// Who owns what, in three sentences. A frame is a value: send it to whom and as often as you like,
/// and let it go; sending takes nothing away. The bytes given to a frame must not be changed
/// afterwards (they are not copied). A shared frame keeps what the transport made of it until its
/// maker closes it, after the last send; what is already queued in an outbox stays good.
public sealed interface Frame permits PlainFrame, SharedFrame {
  /// The messages this frame stands for, in order; at least one.
  List<PlainFrame> messages();

  /// A text message.
  static PlainFrame text(String text) {
    return new PlainFrame(true, text.getBytes(StandardCharsets.UTF_8));
  }

  /// A text message from bytes that are valid UTF-8.
  static PlainFrame text(byte[] utf8) {
    return new PlainFrame(true, utf8);
  }

  /// A binary message.
  static PlainFrame binary(byte[] bytes) {
    return new PlainFrame(false, bytes);
  }

  /// One message for many outboxes.
  static SharedFrame shared(PlainFrame message) {
    return new SharedFrame(List.of(message));
  }

  /// Several messages for many outboxes, which travel in one piece: what queued up while a loop was
  /// busy.
  static SharedFrame shared(List<PlainFrame> messages) {
    return new SharedFrame(messages);
  }
}
