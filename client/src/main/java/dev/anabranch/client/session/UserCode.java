package dev.anabranch.client.session;

/// What the application hands in and the client's threads run: listeners, rules, suppliers.
///
/// It may throw anything, an [AssertionError] too. What it throws is the failure of one call, and
/// no reason for the client to end.
public final class UserCode {

  private UserCode() {}

  /// Throws again what is no failure of the application's: the machine itself is at its end. A
  /// stack that is too deep is the application's.
  public static void rethrowIfFatal(Throwable thrown) {
    if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
      throw fatal;
    }
  }
}
