package dev.anabranch.nostr.message;

/// What a client's text is: a message, or something that can still be answered.
public sealed interface ClientText {

  /// A message.
  record Understood(ClientMessage message) implements ClientText {}

  /// An `EVENT` or `AUTH` whose event is wrong but has an id: answered by `OK`.
  ///
  /// @param id as it came, be it itself what is wrong; at most 128 characters of ASCII
  record WrongEvent(String id, String detail) implements ClientText {}

  /// A `REQ` or `COUNT` that is wrong but has an id: answered by `CLOSED`.
  ///
  /// @param subscription as it came, be it itself what is wrong
  record WrongRequest(SubscriptionId subscription, String detail) implements ClientText {}

  /// A `REQ` or `COUNT` whose filter demands what this relay does not know: answered by `CLOSED`.
  record UnsupportedRequest(SubscriptionId subscription, String detail) implements ClientText {}

  /// A `NEG-…` that is wrong but has an id: answered by `NEG-ERR`.
  record WrongReconciliation(SubscriptionId reconciliation, String detail) implements ClientText {}

  /// Anything else: answered by `NOTICE`.
  record Wrong(String detail) implements ClientText {}
}
