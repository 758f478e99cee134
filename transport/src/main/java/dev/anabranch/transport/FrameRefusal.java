package dev.anabranch.transport;

/// What a peer sent is not acceptable: the close code and the sentence that go back.
///
/// Thrown only between the frame decoder and the link that closes because of it.
final class FrameRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int code;

  FrameRefusal(int code, String reason) {
    super(reason, null, false, false);
    this.code = code;
  }

  int code() {
    return code;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
