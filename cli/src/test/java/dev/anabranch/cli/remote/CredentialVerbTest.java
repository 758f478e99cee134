package dev.anabranch.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.cli.terminal.Terminals;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.server.identity.LinkedKeys;
import dev.anabranch.testkit.MemoryStore;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CredentialVerbTest {

  private final StringWriter results = new StringWriter();
  private final StringWriter remarks = new StringWriter();
  private final Credentials credentials = MemoryStore.fresh().credentials();

  private void list() {
    Output output =
        new Output(
            new PrintWriter(results, true), new PrintWriter(remarks, true), Terminals.NONE, false);
    Surroundings surroundings = new Surroundings(Map.of(), InputStream.nullInputStream(), output);
    new KeyCommand.ListAll(surroundings, InstantSource.system()).change(credentials);
  }

  private void add(int number) {
    credentials.add(
        new Credential(
            Credential.NOSTR,
            "%064x".formatted(number),
            new PrincipalId("ann"),
            null,
            Authority.GRANTED,
            "",
            number,
            null,
            null));
  }

  @Test
  void saysOnStandardErrorWhenAListMayNotBeWhole() {
    for (int number = 1; number < LinkedKeys.LIST_MAX; number++) {
      add(number);
    }
    list();
    assertThat(results.toString().lines()).hasSize(LinkedKeys.LIST_MAX - 1);
    assertThat(remarks.toString()).isEmpty();

    add(LinkedKeys.LIST_MAX);
    list();
    assertThat(remarks.toString()).contains("the first 10000", "there may be more");
  }
}
