package dev.anabranch.bench;

import dev.anabranch.simulation.Simulation;
import dev.anabranch.simulation.SimulationResult;
import dev.anabranch.simulation.Simulations;
import java.io.PrintWriter;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Runs the real kernel, engine and client under seeded time, network and disk, and checks promises
/// K1 to K11.
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description =
        "Runs the real engine and client under seeded clocks, networks and disks that fail, and"
            + " checks promises K1 to K11, each at the event that decides it. Exit status 0 when"
            + " every law held, 1 when a seed broke one; it is printed and replays exactly.",
    footerHeading = "%nExamples:%n",
    footer = {"  anabranch bench simulate --seeds 10000", "  anabranch bench simulate --seed 4711"})
public final class SimulateCommand implements Callable<Integer> {

  private static final long PROGRESS_SEEDS = 500;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "2000",
      description = "How many seeds; default 2000.")
  private long seeds;

  @Option(
      names = "--first",
      paramLabel = "S",
      defaultValue = "1",
      description = "The first seed; default 1.")
  private long first;

  @Option(names = "--seed", paramLabel = "S", description = "Only this seed, again.")
  private @Nullable Long seed;

  @Option(names = "--json", description = "One line of JSON.")
  private boolean json;

  @Spec private CommandSpec specification;

  @Override
  public Integer call() {
    PrintWriter out = specification.commandLine().getOut();
    PrintWriter progress = specification.commandLine().getErr();
    return seed == null ? many(out, progress) : one(Simulation.run(seed), out);
  }

  private int one(SimulationResult result, PrintWriter out) {
    if (json) {
      out.println(JsonMapper.shared().writeValueAsString(result));
    } else if (result.isSound()) {
      out.println(
          "seed %d keeps every law: %,d events, trace %016x"
              .formatted(result.seed(), result.events(), result.traceHash()));
    } else {
      out.println(result.report());
    }
    return result.isSound() ? 0 : 1;
  }

  private int many(PrintWriter out, PrintWriter progress) {
    AtomicLong done = new AtomicLong();
    Simulations all = Simulations.run(first, seeds, result -> told(result, done, progress));
    if (json) {
      out.println(JsonMapper.shared().writeValueAsString(all));
    } else {
      out.printf(
          "%,d seeds, %,d broke a law; %,d events in %,d s of simulated time%n",
          all.seeds(), all.failed(), all.events(), all.virtualMillis() / 1000);
      new TreeMap<>(all.happened())
          .forEach((what, times) -> out.printf("  %,12d × %s%n", times, what));
    }
    return all.failed() == 0 ? 0 : 1;
  }

  private void told(SimulationResult result, AtomicLong done, PrintWriter progress) {
    if (!result.isSound()) {
      progress.println(result.report());
    }
    if (done.incrementAndGet() % PROGRESS_SEEDS == 0 && !json) {
      progress.printf("%,d of %,d seeds%n", done.get(), seeds);
      progress.flush();
    }
  }
}
