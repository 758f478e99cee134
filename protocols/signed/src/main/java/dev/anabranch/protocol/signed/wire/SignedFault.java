package dev.anabranch.protocol.signed.wire;

import dev.anabranch.kernel.log.FaultCode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Everything that signed entities say no with; `docs/errors.md` is the catalogue.
///
/// The wire code is the name in lower case; after some the link is closed with the close code.
public enum SignedFault {
  MALFORMED("The text is not JSON that is accepted", "send one JSON object in UTF-8"),
  NON_CANONICAL("The frame is not spelled canonically", "spell it as RFC 8785 says"),
  INVALID("A field, name or value has the wrong shape", "mend what the detail names"),
  UNKNOWN_TYPE("No message has this type", "use a type of this protocol"),
  BINARY_FRAME("This protocol speaks text", "send text frames", 1003),
  UNAUTHENTICATED("The session is not open", "connect, with the challenge inside", 4401),
  WRONG_CHALLENGE("The challenge is not the one of this link", "connect anew", 4401),
  UNKNOWN_ADDRESS(
      "The server does not go by the address that was dialled",
      "dial its own address, or set signed.url",
      4401),
  STALE("The time is too far from the server's", "set the clock and sign again"),
  STALE_CONNECT("The time of connect is too far from the server's", "set the clock", 4401),
  UNKNOWN_SESSION("The session id is not this session's", "connect anew", 4401),
  KEY_REVOKED("The key no longer counts", "use another key of the principal", 4401),
  KEYS_CHANGED("The principal's keys have changed", "connect anew", 4401),
  BAD_SIGNATURE(
      "The frame has no signature, or not the key's for this frame", "sign what is sent", 4403),
  REPLAYED("The counter was used before", "count every frame up"),
  READ_ONLY("The session may only read", "connect with the challenge inside"),
  IDLE("Nothing came for too long", "connect anew when there is something", 4408),
  TOO_MANY_SESSIONS("Too many sessions are open", "close some, or try again later", 4429),
  TOO_MANY_SUBSCRIPTIONS(
      "More scopes may be read than a session follows",
      "leave chats and resume, or raise signed.subscriptions_max"),
  SCHEMA("The data breaks the model's JSON Schema", "mend what the detail names"),
  UNSUITABLE("The action does not fit the model's rule", "use an action the rule knows"),
  FORBIDDEN("The principal lacks the right", "ask an owner of the chat to share it"),
  SERVER_OWNED("Only the server writes this field", "leave the field out"),
  ABSENT("The entity does not exist", "create it first"),
  KEY_REUSED("The key stands for another write", "choose a new key for each write"),
  APPEND_ONLY("Entities of this model are never changed", "create under another id"),
  SUPERSEDED("A newer state is there already", "nothing; fetch the newer state"),
  UNSETTLED("The entity has too many unsettled versions", "settle them with an update"),
  DEVICE_GAP("The device's count is not the next one", "go on from the count in the detail"),
  DEVICE_TAKEN("The device belongs to another principal", "choose another device id"),
  BATCH_ABORTED("Another payload of the atomic batch failed", "mend that one and send again"),
  TOO_LARGE("It is larger than is allowed", "make it smaller or split it"),
  RATE_LIMITED("Too much at once", "try again after the time that is named"),
  RULE_FAILED("The server broke on this write", "change it, or show the operator the log"),
  INTERNAL("Something broke on our side", "connect again; the server's log says more", 1011),
  UNAVAILABLE("The server cannot do it now", "try again after the time that is named"),
  QUOTA(
      "The principal's quota is used up",
      "erase something, of keys unlink one, or ask the operator");

  private static final Map<String, SignedFault> BY_CODE =
      Arrays.stream(values()).collect(Collectors.toMap(SignedFault::code, Function.identity()));

  private final String sentence;
  private final String remedy;
  private final int closeCode;

  SignedFault(String sentence, String remedy) {
    this(sentence, remedy, 0);
  }

  SignedFault(String sentence, String remedy, int closeCode) {
    this.sentence = sentence;
    this.remedy = remedy;
    this.closeCode = closeCode;
  }

  /// The fault of a wire code; empty for one that this version does not know.
  public static Optional<SignedFault> ofCode(String code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }

  /// How the kernel's word is said here.
  public static SignedFault of(FaultCode code) {
    return valueOf(code.name());
  }

  /// The word on the wire.
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What it means, without the values.
  public String sentence() {
    return sentence;
  }

  /// What the peer should do.
  public String remedy() {
    return remedy;
  }

  /// The code with which the link is closed after the `error`; 0 = it stays open.
  public int closeCode() {
    return closeCode;
  }

  /// Whether it is about the frame or the session, and says nothing of what the frame was about:
  /// the same payload can succeed on another line, without being changed.
  public boolean isAboutLine() {
    return switch (this) {
      case BINARY_FRAME,
          UNAUTHENTICATED,
          WRONG_CHALLENGE,
          UNKNOWN_ADDRESS,
          STALE,
          STALE_CONNECT,
          UNKNOWN_SESSION,
          KEY_REVOKED,
          KEYS_CHANGED,
          BAD_SIGNATURE,
          REPLAYED,
          READ_ONLY,
          IDLE,
          TOO_MANY_SESSIONS ->
          true;
      default -> false;
    };
  }

  /// Whether the same payload can succeed later without being changed.
  public boolean isTransient() {
    return this == RATE_LIMITED || this == UNAVAILABLE || this == INTERNAL;
  }
}
