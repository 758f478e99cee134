package dev.anabranch.nostr.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.Events;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.link.LinkStatement.Action;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.Parsed;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignedLinkTest {
  private static final String SERVER = "relay.example";
  private static final long NOW = 1_700_000_000;
  private static final SecretKey EVE = SecretKey.generate(new Random(9));
  private static final LinkKey ALICE = LinkKey.of(Events.ALICE.publicKey());
  private static final LinkKey BOB = LinkKey.of(Events.BOB.publicKey());

  @Test
  void aLinkIsSignedByBothKeys() {
    LinkStatement link = statement(Action.LINK);

    assertThat(isAccepted(link, by(Events.ALICE, link), by(Events.BOB, link))).isTrue();
    assertThat(isAccepted(link, by(Events.BOB, link), by(Events.ALICE, link))).isTrue();
    assertThat(isAccepted(link, by(Events.ALICE, link))).isFalse();
    assertThat(isAccepted(link, by(Events.ALICE, link), by(Events.ALICE, link))).isFalse();
    assertThat(isAccepted(link, by(Events.ALICE, link), by(EVE, link))).isFalse();
    assertThat(isAccepted(link)).isFalse();
  }

  @Test
  void eitherKeyUnlinks() {
    LinkStatement unlink = statement(Action.UNLINK);

    assertThat(isAccepted(unlink, by(Events.ALICE, unlink))).isTrue();
    assertThat(isAccepted(unlink, by(Events.BOB, unlink))).isTrue();
    assertThat(isAccepted(unlink, by(EVE, unlink))).isFalse();
    assertThat(isAccepted(unlink, by(Events.ALICE, statement(Action.LINK)))).isFalse();
  }

  @Test
  void aLostKeyIsRevokedByTheOtherAndNotByItself() {
    LinkStatement revoke = statement(Action.REVOKE);

    assertThat(isAccepted(revoke, by(Events.BOB, revoke))).isTrue();
    assertThat(isAccepted(revoke, by(Events.ALICE, revoke))).isFalse();
  }

  @Test
  void anEventIsAProofWhereASignerSignsNothingElse() {
    LinkStatement link = statement(Action.LINK);
    LinkProof event =
        new LinkProof.OfEvent(
            LinkProof.OfEvent.toSign(Events.ALICE.publicKey(), link).sign(Events.ALICE));
    LinkProof ofAnotherStatement =
        new LinkProof.OfEvent(
            LinkProof.OfEvent.toSign(Events.ALICE.publicKey(), statement(Action.UNLINK))
                .sign(Events.ALICE));

    assertThat(isAccepted(link, event, by(Events.BOB, link))).isTrue();
    assertThat(isAccepted(link, ofAnotherStatement, by(Events.BOB, link))).isFalse();
  }

  @Test
  void aWalletsKeyIsLinkedToo() throws GeneralSecurityException {
    KeyPair wallet = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = wallet.getPublic().getEncoded();
    LinkKey key = LinkKey.ofEd25519(Arrays.copyOfRange(encoded, 12, 44));
    LinkStatement link = new LinkStatement(Action.LINK, SERVER, ALICE, key, NOW);
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(wallet.getPrivate());
    signer.update(link.digest());
    LinkProof proof = new LinkProof.OfDigest(Hex.of(signer.sign()));

    assertThat(isAccepted(link, by(Events.ALICE, link), proof)).isTrue();
    assertThat(isAccepted(link, by(Events.ALICE, link), by(EVE, link))).isFalse();
    assertThat(LinkKey.parse(key.text())).isEqualTo(key);
  }

  @Test
  void aStatementIsForOneServerAndSoon() {
    LinkStatement link = statement(Action.LINK);
    SignedLink signed = new SignedLink(link, List.of(by(Events.ALICE, link), by(Events.BOB, link)));

    assertThat(signed.fault("other.example", NOW)).isPresent();
    assertThat(signed.fault(SERVER, NOW + 600)).isEmpty();
    assertThat(signed.fault(SERVER, NOW + 601)).isPresent();
    assertThat(signed.fault(SERVER, NOW - 601)).isPresent();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsReadAgain(Action action) {
    LinkStatement statement = statement(action);

    assertThat(LinkStatement.parse(statement.text())).isEqualTo(new Parsed.Value<>(statement));
  }

  @Test
  void theOrderOfTheKeysDoesNotMatterExceptWhenOneIsLost() {
    assertThat(new LinkStatement(Action.LINK, SERVER, BOB, ALICE, NOW))
        .isEqualTo(statement(Action.LINK));
    assertThat(new LinkStatement(Action.REVOKE, SERVER, BOB, ALICE, NOW))
        .isNotEqualTo(statement(Action.REVOKE));
  }

  @Test
  void refusesTextsThatAreNoStatement() {
    String text = statement(Action.LINK).text();
    List<String> lines = List.of(text.split("\n"));
    String swapped =
        String.join(
            "\n",
            lines.get(0),
            lines.get(1),
            lines.get(2),
            lines.get(4),
            lines.get(3),
            lines.get(5));

    for (String wrong :
        List.of(
            "",
            text + "\n",
            text.replace("statement 1", "statement 2"),
            text.replace("link", "join"),
            text.replace("at 1", "at 01"),
            text.replace("server relay", "server  relay"),
            text.replace(BOB.text(), ALICE.text()),
            text.replace("nostr:", "nostr:A"),
            swapped)) {
      assertThat(LinkStatement.parse(wrong)).isInstanceOf(Parsed.Malformed.class);
    }
  }

  private static LinkStatement statement(Action action) {
    return new LinkStatement(action, SERVER, ALICE, BOB, NOW);
  }

  private static LinkProof by(SecretKey key, LinkStatement statement) {
    return new LinkProof.OfDigest(key.sign(statement.digest()).hex());
  }

  private static boolean isAccepted(LinkStatement statement, LinkProof... proofs) {
    return new SignedLink(statement, List.of(proofs)).fault(SERVER, NOW).isEmpty();
  }
}
