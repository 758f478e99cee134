package dev.anabranch.cli.terminal;

import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// How far a long command has come, on standard error; only for somebody who looks at that.
public final class Progress implements AutoCloseable {

  private static final int REFRESH_MILLIS = 250;

  private final Optional<ProgressBar> bar;

  private Progress(Optional<ProgressBar> bar) {
    this.bar = bar;
  }

  /// @param total how much there is to do; below 0 = unknown
  public static Progress of(String task, long total, Output output) {
    return new Progress(
        output.isWatched()
            ? Optional.of(
                new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(total)
                    .setUpdateIntervalMillis(REFRESH_MILLIS)
                    .setStyle(ProgressBarStyle.ASCII)
                    .build())
            : Optional.empty());
  }

  /// How much there is to do was found out.
  public void outOf(long total) {
    bar.ifPresent(shown -> shown.maxHint(total));
  }

  /// So much is done in all.
  public void at(long done) {
    bar.ifPresent(shown -> shown.stepTo(done));
  }

  /// What is done now.
  public void now(String what) {
    bar.ifPresent(shown -> shown.setExtraMessage(what));
  }

  /// So much more is done.
  public void by(long done) {
    bar.ifPresent(shown -> shown.stepBy(done));
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
