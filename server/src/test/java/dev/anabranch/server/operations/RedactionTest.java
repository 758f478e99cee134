package dev.anabranch.server.operations;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.anabranch.server.configuration.LogSettings;
import dev.anabranch.server.identity.ApiToken;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

  private static final String CANARY = "canary7cvbnm";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /sync/live?scope=org:1&token=canary7cvbnm",
        "Authorization: Bearer canary7cvbnm",
        "authorization: bearer canary7cvbnm, x",
        "{\"token\":\"canary7cvbnm\"}",
        "postgresql://me:canary7cvbnm@db/app",
        "jdbc:postgresql://db/app?user=me&password=canary7cvbnm&ssl=true",
        "password=canary7cvbnm",
      })
  void noSecretIsLeftInALine(String line) {
    assertThat(Redaction.of(line)).doesNotContain(CANARY).contains("(hidden)");
  }

  @Test
  void aTokenIsHiddenWhereverItStandsButItsIdIsTold() {
    ApiToken token = ApiToken.make(RandomGenerator.of("Random"));
    assertThat(Redaction.of("the token " + token.text() + "."))
        .isEqualTo("the token anb_" + token.id() + "_(hidden).");
  }

  @Test
  void whatIsNoSecretStays() {
    String line = "org:1 has 3 changes; see http://127.0.0.1:8080/readyz?verbose=1";
    assertThat(Redaction.of(line)).isEqualTo(line);
  }

  @ParameterizedTest
  @EnumSource(LogSettings.Format.class)
  void aLogLineHidesSecretsInMessagesAndTraces(LogSettings.Format format) {
    LoggerContext context = new LoggerContext();
    IllegalStateException thrown =
        new IllegalStateException("password=" + CANARY, new RuntimeException("token=" + CANARY));
    LoggingEvent event =
        new LoggingEvent(
            "x",
            context.getLogger("dev.anabranch.x"),
            Level.ERROR,
            "?token={}",
            thrown,
            new Object[] {CANARY});
    assertThat(new LogLine(format).doLayout(event))
        .doesNotContain(CANARY)
        .contains("IllegalStateException");
  }
}
