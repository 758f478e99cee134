package dev.anabranch.kernel.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Device, count and base order changes exactly as full vector clocks do.
final class CausalOracleTest {

  private static final int MESSAGES = 400;

  /// A message with its cause and, as the oracle, the full vector clock of its writer.
  private record Message(long seq, Cause cause, int device, int[] vector) {

    boolean knew(Message earlier) {
      return vector[earlier.device] >= earlier.vector[earlier.device];
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 1", "4, 2", "15, 3", "60, 4", "200, 5"})
  void callsNoPairOfChangesWrong(int devices, long seed) {
    List<Message> messages = conversation(devices, new Random(seed));
    int wrong = 0;
    for (Message later : messages) {
      for (Message earlier : messages.subList(0, (int) later.seq() - 1)) {
        if (later.cause().covers(earlier.seq(), earlier.cause()) != later.knew(earlier)) {
          wrong++;
        }
      }
    }
    assertThat(wrong).as("wrong of " + MESSAGES * (MESSAGES - 1) / 2).isZero();
  }

  private static List<Message> conversation(int devices, Random random) {
    List<Message> messages = new ArrayList<>();
    int[] bases = new int[devices];
    int[] counts = new int[devices];
    int[][] known = new int[devices][devices];
    for (int seq = 1; seq <= MESSAGES; seq++) {
      int device = random.nextInt(devices);
      int unread = messages.size() - bases[device];
      int read = random.nextInt(3) == 0 ? unread : random.nextInt(unread + 1);
      for (Message message : messages.subList(bases[device], bases[device] + read)) {
        merge(known[device], message.vector());
      }
      bases[device] += read;
      known[device][device] = ++counts[device];
      Cause cause = new Cause(new DeviceId("d" + device), counts[device], bases[device]);
      messages.add(new Message(seq, cause, device, known[device].clone()));
    }
    return messages;
  }

  private static void merge(int[] into, int[] from) {
    for (int index = 0; index < into.length; index++) {
      into[index] = Math.max(into[index], from[index]);
    }
  }
}
