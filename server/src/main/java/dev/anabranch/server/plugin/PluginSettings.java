package dev.anabranch.server.plugin;

import java.util.List;

/// A program that judges events, one line for each.
///
/// @param command the program and what it is given; empty = there is none
/// @param timeoutMillis how long it may take for one event before it is ended and started anew
/// @param waitingMax events that wait for it; more are judged as if it had failed
/// @param acceptsOnFailure whether an event is taken that it could not judge
public record PluginSettings(
    List<String> command, int timeoutMillis, int waitingMax, boolean acceptsOnFailure) {

  /// The first wait before a program that ended is started again; doubled each time.
  static final long WAIT_MILLIS_MIN = 100;

  /// The longest.
  static final long WAIT_MILLIS_MAX = 30_000;

  /// None.
  public static final PluginSettings NONE = new PluginSettings(List.of(), 1_000, 1_000, false);

  public PluginSettings {
    command = List.copyOf(command);
  }
}
