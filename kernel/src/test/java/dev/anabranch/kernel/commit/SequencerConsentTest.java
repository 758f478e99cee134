package dev.anabranch.kernel.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Consent;
import dev.anabranch.kernel.model.Models;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is said of a chat is taken only when the chat allows it, and a linked key counts for its
/// principal: both inside the commit.
class SequencerConsentTest {

  private static final ModelName CHAT = new ModelName("chat");
  private static final ModelName TRAINING = new ModelName("training_data");
  private static final ScopeName CHAT_SCOPE = new ScopeName("chat:c1");
  private static final EntityKey CHAT_KEY = new EntityKey(CHAT_SCOPE, CHAT, new EntityId("c1"));
  private static final Caller ANN = new Caller(new PrincipalId("ann"), Authority.GRANTED, "signed");

  private final Desk desk =
      new Desk(
          new Models(
              List.of(),
              Map.of(),
              Map.of(TRAINING, new Consent("chat", "chat", CHAT, "training_opt_in"))));

  private Write contribution(String chat) {
    return Write.insert(
        desk.key(),
        new EntityKey(Desk.SCOPE, TRAINING, new EntityId("t1")),
        JsonObject.EMPTY.with("chat", chat));
  }

  private void optIn(boolean yes) {
    Write chat =
        Write.insert(desk.key(), CHAT_KEY, JsonObject.of("training_opt_in", JsonBoolean.of(yes)));
    assertThat(desk.write(chat)).isInstanceOf(Outcome.Applied.class);
  }

  private void grant(ScopeName scope, String principal, String right) {
    Write grant =
        Write.insert(
            desk.key(),
            EntityKey.grant(scope, new PrincipalId(principal)),
            JsonObject.EMPTY.with("right", right));
    assertThat(desk.write(grant)).isInstanceOf(Outcome.Applied.class);
  }

  private static void assertForbidden(Outcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.fault().code()).isEqualTo(FaultCode.FORBIDDEN));
  }

  @Test
  void aChatThatIsNotThereOrDidNotOptInGivesNothing() {
    assertForbidden(desk.write(contribution("c1")));
    optIn(false);
    assertForbidden(desk.write(contribution("c1")));
    assertForbidden(desk.write(contribution("no name for a scope: \u0007")));
  }

  @Test
  void aChatThatOptedInGives() {
    optIn(true);
    assertThat(desk.write(contribution("c1"))).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void anOptOutInTheSameBatchComesInTime() {
    optIn(true);
    Write out =
        Write.update(desk.key(), CHAT_KEY, JsonObject.of("training_opt_in", JsonBoolean.FALSE));
    List<List<Outcome>> outcomes =
        desk.batch(Commit.of(Desk.OWNER, out), Commit.of(Desk.OWNER, contribution("c1")));
    assertForbidden(outcomes.getLast().getFirst());
  }

  @Test
  void whoMayNotReadTheChatContributesNothingOfIt() {
    optIn(true);
    grant(Desk.SCOPE, "ann", "write");
    assertForbidden(desk.write(ANN, contribution("c1")));
    grant(CHAT_SCOPE, "ann", "read");
    assertThat(desk.write(ANN, contribution("c1"))).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void whatIsGrantedToALinkedNameCountsForThePrincipal() {
    grant(Desk.SCOPE, "anns other key", "write");
    Write note =
        Write.insert(
            desk.key(), new EntityKey(Desk.SCOPE, CHAT, new EntityId("n")), JsonObject.EMPTY);
    assertForbidden(desk.write(ANN, note));
    Caller linked =
        new Caller(
            ANN.principal(),
            Authority.GRANTED,
            "signed",
            Set.of(new PrincipalId("anns other key")));
    assertThat(desk.write(linked, note)).isInstanceOf(Outcome.Applied.class);
    assertThat(desk.log.getLast().author()).isEqualTo(ANN.principal());
  }
}
