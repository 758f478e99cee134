package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.server.SignedAccess.Entry;
import dev.anabranch.protocol.signed.server.SignedAccess.Who;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// As what somebody comes in.
class SignedAccessTest {

  private static final PublicKey ANN = SecretKey.generate(new Random(1)).publicKey();
  private static final PublicKey BOB = SecretKey.generate(new Random(2)).publicKey();

  private static Accounts.Account account(PublicKey key) {
    return new Accounts.Account(key, new PrincipalId(key.hex()), Set.of());
  }

  @Test
  void whoIsNoMemberIsAGuestOnlyOnceAllMembersAreKnown() {
    SignedAccess waiting = new SignedAccess(Who.MEMBERS, Set.of(ANN), Set.of(), false);
    SignedAccess known = new SignedAccess(Who.MEMBERS, Set.of(ANN), Set.of(), true);
    assertThat(waiting.of(account(ANN))).isEqualTo(Entry.MEMBER);
    assertThat(waiting.of(account(BOB))).isEqualTo(Entry.UNKNOWN);
    assertThat(known.of(account(BOB))).isEqualTo(Entry.GUEST);
  }

  @Test
  void aBannedKeyStaysOutWhateverIsKnown() {
    SignedAccess access = new SignedAccess(Who.ANYONE, Set.of(ANN), Set.of(ANN), false);
    assertThat(access.of(account(ANN))).isEqualTo(Entry.BANNED);
    assertThat(access.of(account(BOB))).isEqualTo(Entry.MEMBER);
  }
}
