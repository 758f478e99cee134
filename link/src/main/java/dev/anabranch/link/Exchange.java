package dev.anabranch.link;

/// One request's way back: answer it once, whole or as a stream, at once or later, from any thread.
///
/// When the peer has gone, answers go nowhere and nothing throws. Answering twice is a bug and
/// throws [IllegalStateException].
public interface Exchange {
  /// The loop that serves the connection.
  LinkLoop loop();

  /// Answers whole. Compressed for a peer that accepts gzip, if the type is worth it and it is 1
  /// KiB or more.
  ///
  /// Compressing happens on the caller's thread, so a large answer is better given from a thread of
  /// the handler's own.
  void answer(HttpAnswer answer);

  /// Starts an answer of unknown length: status and headers go out, then what is written.
  ///
  /// Compressed for a peer that accepts gzip, except `text/event-stream`, which must arrive as it
  /// is written. `HEAD` gets no body: its stream counts as given up once the headers are out.
  BodyWriter stream(int status, Headers headers);

  /// Runs a task on the loop if the peer goes away, or the stream is given up, before the answer is
  /// complete.
  ///
  /// At once if that has happened already. Never after a complete answer.
  void onClosed(Runnable task);

  /// Runs a task on the loop when the server begins to stop before the answer is complete: what
  /// could go on for long ends well then, and the peer asks again of whoever serves next.
  ///
  /// At once if the server is stopping already. Never after a complete answer.
  void onDraining(Runnable task);
}
