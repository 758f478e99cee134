package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.client.OwnDialer;
import dev.anabranch.client.nostr.relay.LineListener;
import dev.anabranch.client.nostr.relay.LineSettings;
import dev.anabranch.client.nostr.relay.RelayLine;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.nostr.key.SecretKey;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/// An open line to a relay with a loop of its own, so that waiting for one relay never keeps
/// another's answers.
///
/// @param dialer ends with the line
/// @param line open
record ConnectedRelay(OwnDialer dialer, RelayLine line) implements AutoCloseable {

  /// How a command dials.
  ///
  /// @param keys authenticate where the relay asks
  /// @param certificates whom to trust instead of the machine's
  record Way(List<SecretKey> keys, Optional<Path> certificates, InstantSource clock) {}

  /// Opens a line.
  ///
  /// @throws CommandFailure when the relay cannot be had
  static ConnectedRelay to(RelayUrl relay, Way way) {
    OwnDialer dialer = way.certificates().map(OwnDialer::trusting).orElseGet(OwnDialer::create);
    try {
      RelayLine line =
          RelayLine.dial(
                  dialer,
                  relay,
                  LineSettings.USUAL.withKeys(way.keys()),
                  way.clock(),
                  new LineListener() {})
              .toCompletableFuture()
              .get();
      return new ConnectedRelay(dialer, line);
    } catch (ExecutionException failed) {
      dialer.close();
      throw new CommandFailure(
          CommandFailure.UNREACHABLE,
          relay + " cannot be had: " + RelayOptions.causeOf(failed).getMessage(),
          RelayOptions.causeOf(failed));
    } catch (InterruptedException stop) {
      dialer.close();
      Thread.currentThread().interrupt();
      throw new CommandFailure(CommandFailure.UNREACHABLE, "interrupted", stop);
    }
  }

  @Override
  public void close() {
    line.close();
    dialer.close();
  }
}
