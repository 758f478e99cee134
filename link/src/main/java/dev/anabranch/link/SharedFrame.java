package dev.anabranch.link;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Messages that the transport encodes once, and compresses once, for any number of outboxes.
///
/// Made by a fan-out and closed by it after the last [Outbox#send]. Closing gives the encoded
/// form's memory back as soon as the slowest socket has written it; a frame that is never closed
/// gives it back when it is collected. A closed frame can still be sent; it is then encoded for
/// each outbox anew. Loops may send one shared frame at the same time.
public final class SharedFrame implements Frame, AutoCloseable {
  private static final AutoCloseable CLOSED = () -> {};

  private final List<PlainFrame> messages;
  private final AtomicReference<@Nullable AutoCloseable> ready = new AtomicReference<>();

  SharedFrame(List<PlainFrame> messages) {
    this.messages = List.copyOf(messages);
    if (this.messages.isEmpty()) {
      throw new IllegalArgumentException("a frame without a message");
    }
  }

  @Override
  public List<PlainFrame> messages() {
    return messages;
  }

  /// For transports: the form that is ready to be sent, made at the first call.
  ///
  /// @param form the transport's type for it
  /// @param maker makes it; may run twice when two loops ask at once, the second result is closed
  /// @return absent when the frame is closed, or holds the form of another transport
  public <F extends AutoCloseable> @Nullable F ready(Class<F> form, Supplier<F> maker) {
    AutoCloseable present = ready.get();
    if (present == null) {
      F made = maker.get();
      if (ready.compareAndSet(null, made)) {
        return made;
      }
      closeForm(made);
      present = ready.get();
    }
    return form.isInstance(present) ? form.cast(present) : null;
  }

  /// Ends the sharing; twice is harmless. Callable from any thread.
  @Override
  public void close() {
    AutoCloseable last = ready.getAndSet(CLOSED);
    if (last != null) {
      closeForm(last);
    }
  }

  private static void closeForm(AutoCloseable form) {
    try {
      form.close();
    } catch (Exception e) {
      throw new IllegalStateException("a ready frame could not be released", e);
    }
  }
}
