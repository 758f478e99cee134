package dev.anabranch.protocol.nostr.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.nostr.message.Prefix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The kernel's no, as the relay says it.
class NostrRefusalTest {

  @ParameterizedTest
  @CsvSource({
    "TOO_LARGE, INVALID",
    "INVALID, INVALID",
    "SCHEMA, INVALID",
    "QUOTA, BLOCKED",
    "SUPERSEDED, BLOCKED",
    "FORBIDDEN, RESTRICTED",
    "RATE_LIMITED, RATE_LIMITED",
    "UNAVAILABLE, ERROR",
  })
  void beginsWithThePrefixThatSaysWhatHelps(FaultCode code, Prefix prefix) {
    Refusal refusal = NostrChanges.refusal(new Fault(code, "why"));

    assertThat(refusal.fault().prefix()).isEqualTo(prefix);
    assertThat(refusal.detail()).isEqualTo("why");
  }
}
