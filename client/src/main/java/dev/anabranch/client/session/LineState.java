package dev.anabranch.client.session;

/// How a device stands to its server.
public enum LineState {
  /// The user wants it so; nothing is dialled.
  OFFLINE,
  /// The last attempt or link failed; the next attempt comes by itself.
  WAITING,
  /// An attempt is under way.
  DIALLING,
  /// There is a link.
  CONNECTED
}
