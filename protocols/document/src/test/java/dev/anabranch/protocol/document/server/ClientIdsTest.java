package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import org.junit.jupiter.api.Test;

/// A client id belongs to whoever's update with it was the first on disk.
class ClientIdsTest {
  private static final EntityKey NOTES = DocumentAddress.parse("org:1/notes").orElseThrow();
  private static final PrincipalId ANN = new PrincipalId("ann");
  private static final PrincipalId BOB = new PrincipalId("bob");
  private static final long[] SEVEN = {7};

  private final ClientIds clients = new ClientIds(100);

  @Test
  void isSomebodysOnceItIsOnDisk() {
    clients.uses(ANN, NOTES, SEVEN);
    clients.uses(BOB, NOTES, SEVEN);

    assertThat(clients.foreignTo(ANN, NOTES, SEVEN)).isZero();
    assertThat(clients.foreignTo(BOB, NOTES, new long[] {7, 8})).isEqualTo(1);
  }

  @Test
  void isSomebodysWithinABatchThatIsNotOnDiskYet() {
    clients.asks(ANN, NOTES, SEVEN);

    assertThat(clients.foreignTo(BOB, NOTES, SEVEN)).isEqualTo(1);
  }

  @Test
  void isNobodysWhenTheBatchCameToNothing() {
    clients.asks(ANN, NOTES, SEVEN);
    clients.forgetUndecided();

    assertThat(clients.foreignTo(BOB, NOTES, SEVEN)).isZero();
  }
}
