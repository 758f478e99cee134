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
  /// @param calledAs what the relay calls itself where that is not what is dialed
  record Way(
      List<SecretKey> keys,
      Optional<Path> certificates,
      InstantSource clock,
      Optional<RelayUrl> calledAs) {

    /// A way to relays that are called what is dialed.
    static Way with(List<SecretKey> keys, Optional<Path> certificates, InstantSource clock) {
      return new Way(keys, certificates, clock, Optional.empty());
    }

    private LineSettings settings() {
      LineSettings settings = LineSettings.USUAL.withKeys(keys);
      return calledAs.map(settings::calledAs).orElse(settings);
    }
  }

  /// Opens a line.
  ///
  /// @throws CommandFailure when the relay cannot be had
  static ConnectedRelay to(RelayUrl relay, Way way) {
    OwnDialer dialer = way.certificates().map(OwnDialer::trusting).orElseGet(OwnDialer::create);
    try {
      RelayLine line =
          RelayLine.dial(dialer, relay, way.settings(), way.clock(), new LineListener() {})
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
