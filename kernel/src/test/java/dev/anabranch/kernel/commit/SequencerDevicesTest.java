package dev.anabranch.kernel.commit;

import static dev.anabranch.kernel.commit.Desk.SCOPE;
import static dev.anabranch.kernel.commit.Desk.applied;
import static dev.anabranch.kernel.commit.Desk.founder;
import static dev.anabranch.kernel.commit.Desk.granted;
import static dev.anabranch.kernel.commit.Desk.note;
import static dev.anabranch.kernel.commit.Desk.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a device counts and what it had seen.
final class SequencerDevicesTest {

  private static final DeviceId PHONE = new DeviceId("phone");

  private final Desk desk = new Desk();

  @Test
  void aDeviceThatCountsMustSayTheNextNumber() {
    assertThat(refusal(desk.write(counted("a", 2)))).isEqualTo(FaultCode.DEVICE_GAP);
    applied(desk.write(counted("a", 1)));
    applied(desk.write(counted("b", 2)));
    assertThat(refusal(desk.write(counted("c", 2)))).isEqualTo(FaultCode.DEVICE_GAP);
    assertThat(refusal(desk.write(counted("c", 4)))).isEqualTo(FaultCode.DEVICE_GAP);
  }

  @Test
  void aGapLeavesTheKeyFree() {
    Write early = counted("a", 2);
    desk.write(early);
    desk.write(counted("b", 1));
    applied(desk.write(early));
  }

  @Test
  void aWriteWithAFinalAnswerIsCountedSoThatItDoesNotHinderTheNextOne() {
    List<Outcome> outcomes =
        desk.call(
            false,
            counted("a", 1),
            counted("a", 2).expecting(9),
            Write.delete(desk.key(), note("nothing")).causedBy(new CausalClaim(PHONE, 3L, null)),
            counted("b", 4));
    assertThat(outcomes.get(1)).isInstanceOf(Outcome.Conflict.class);
    assertThat(refusal(outcomes.get(2))).isEqualTo(FaultCode.ABSENT);
    assertThat(outcomes.get(3)).isInstanceOf(Outcome.Applied.class);
    assertThat(desk.log).extracting(change -> change.cause().n()).containsExactly(1L, 4L);
  }

  @Test
  void aWriteThatMayBeRetriedIsNotCounted() {
    desk.write(desk.insert("x"));
    Write forbidden = desk.insert("a").causedBy(new CausalClaim(PHONE, 1L, null));
    desk.write(granted("ann"), forbidden);
    desk.write(desk.grant("ann", "write"));
    applied(desk.write(granted("ann"), forbidden));
  }

  @Test
  void aDeviceBelongsToThePrincipalThatFirstWroteWithIt() {
    desk.write(counted("a", 1));
    desk.write(desk.grant("ann", "write"));
    assertThat(
            refusal(desk.write(granted("ann"), desk.insert("b").causedBy(CausalClaim.of(PHONE)))))
        .isEqualTo(FaultCode.DEVICE_TAKEN);
  }

  @Test
  void aDeviceMayLeaveCountingToTheServer() {
    desk.write(desk.insert("a").causedBy(CausalClaim.of(PHONE)));
    desk.write(desk.insert("b").causedBy(CausalClaim.of(PHONE)));
    assertThat(desk.log).extracting(change -> change.cause().n()).containsExactly(1L, 2L);
  }

  @Test
  void aWriterWithoutADeviceIsCountedUnderItsPrincipal() {
    desk.write(founder("ann"), desk.insert("a"));
    desk.write(founder("ann"), desk.insert("b"));
    assertThat(desk.log)
        .extracting(change -> change.cause().device().text())
        .containsExactly("~ann", "~ann", "~ann");
    assertThat(desk.log).extracting(change -> change.cause().n()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aClaimedBaseIsHeldToTheHead() {
    desk.write(desk.insert("a"));
    desk.write(desk.insert("b").causedBy(new CausalClaim(PHONE, null, 99L)));
    assertThat(lastCause().base()).isEqualTo(1);
  }

  @Test
  void aClaimedBaseNeverGoesBack() {
    for (String id : List.of("a", "b", "c")) {
      desk.write(desk.insert(id));
    }
    desk.write(desk.insert("d").causedBy(new CausalClaim(PHONE, null, 2L)));
    desk.write(desk.insert("e").causedBy(new CausalClaim(PHONE, null, 1L)));
    assertThat(lastCause().base()).isEqualTo(2);
  }

  @Test
  void withoutAClaimTheBaseIsTheVersionThatTheWriterNamed() {
    desk.write(desk.insert("a"));
    desk.write(desk.insert("b"));
    desk.write(desk.insert("a").expecting(1).causedBy(CausalClaim.of(PHONE)));
    assertThat(lastCause().base()).isEqualTo(1);
  }

  @Test
  void withoutAnythingTheBaseIsTheHead() {
    desk.write(desk.insert("a"));
    desk.write(desk.insert("b"));
    desk.write(desk.insert("c"));
    assertThat(lastCause()).isEqualTo(new Cause(new DeviceId("~owner"), 3, 2));
  }

  @Test
  void devicesCountPerScope() {
    desk.write(counted("a", 1));
    assertThat(desk.devices.keySet()).allMatch(name -> name.scope().equals(SCOPE));
  }

  private Cause lastCause() {
    return desk.log.getLast().cause();
  }

  private Write counted(String id, long n) {
    return desk.insert(id).causedBy(new CausalClaim(PHONE, n, null));
  }
}
