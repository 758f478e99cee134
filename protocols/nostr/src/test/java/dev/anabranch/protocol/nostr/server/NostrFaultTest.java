package dev.anabranch.protocol.nostr.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NostrFaultTest {

  @Test
  void thePageOfErrorsSaysOfEveryCodeWhatTheProgramSays() throws IOException {
    String page = Files.readString(Path.of("../../docs/errors.md"));
    String section = page.substring(page.indexOf("## Nostr"));
    for (NostrFault fault : NostrFault.values()) {
      assertThat(section)
          .contains(
              "| `%s` | `%s:` | %s | %s |"
                  .formatted(
                      fault.code(), fault.prefix().word(), fault.sentence(), fault.remedy()));
    }
  }
}
